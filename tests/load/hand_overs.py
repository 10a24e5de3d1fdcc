"""Orders handed to a warehouse and its callbacks taken, a second and per worker, beside bare HTTP loops."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import msgspec

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from infra import wiring
from infra.warehouse.simulator.office import Behavior
from tenants import lifecycle
from tests import builders, builders_selling
from tests.load.report import Line, beside, not_measured
from tests.load.stack import ROOT, Stack, answering
from tests.load.stores import Stores

ORDERS, AT_ONCE = 150, 4
BETWEEN = "SELECT extract(epoch FROM max({0}) - min({0}))::float8 AS seconds, count({0}) AS count FROM {1}"


async def rates(stack: Stack, stores: Stores) -> list[Line]:
    stack.stop_workers()
    await stack.web()
    stack.start("simulator", sys.executable, str(ROOT / "manage.py"), "warehouse-simulator")
    await answering(f"{wiring.practice_url('jushuitan')}/health")
    store = await builders.open_store("handing")
    with tenants.bind(store):
        await _register()
        goods = await builders_selling.offer(stock=100_000)
        sold = [(await builders_selling.paid_order(goods)).order_id for _ in range(ORDERS)]
        for order in sold:
            await plan_fulfillment(order)
        bare_pushes = await _bare_pushes(sold[0])
        await stack.workers()
        pushes = await _rate("accepted_at", "fulfillment_order")
        callbacks = await _rate("created_at", "fulfillment")
    bare = await _bare_requests(await stack.bare())
    if not pushes or not callbacks:
        return [not_measured("orders handed to a warehouse", "not all were handed over in time")]
    return [
        beside("orders handed to a warehouse, per worker", pushes, bare_pushes, of="bare loop over the same calls"),
        beside("callbacks of a warehouse taken", callbacks, bare, of="bare loop over a page of nothing"),
    ]


async def _register() -> None:
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0]
    secrets = [lifecycle.webhook_secret(tenants.current().id, kind) for kind in ("warehouse", "carrier")]
    await wiring.register_warehouse(
        warehouse, tenant_id=tenants.current().id, callback_secret=secrets[0], carrier_secret=secrets[1]
    )
    await wiring.simulator_office(warehouse.base_url).behave(warehouse.app_key, Behavior(ship_ms=0))


async def _bare_pushes(order: UUID) -> float:
    """The vendor's call alone, so many at once as a worker has; the orders are copies under other numbers."""
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(order)
    consignment = await prepare(work_order.id)
    if consignment is None:
        return 0.0
    copies = [msgspec.structs.replace(consignment.order, reference=f"bare-{number}") for number in range(ORDERS)]
    return await _looped([lambda copy=copy: consignment.gateway.push_order(copy) for copy in copies])  # type: ignore[misc] # mypy cannot see the default


async def _bare_requests(address: str) -> float:
    async with httpx.AsyncClient(base_url=address) as client:
        return await _looped([lambda: client.get("/json") for _ in range(ORDERS)])


async def _looped(calls: list[Callable[[], Awaitable[object]]]) -> float:
    """Calls a second, `AT_ONCE` under way."""
    began, waiting = time.monotonic(), list(calls)

    async def work() -> None:
        while waiting:
            await waiting.pop()()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(calls) / (time.monotonic() - began)


async def _rate(moment: str, table: str) -> float:
    """Rows a second, once nearly all are there; the one that was prepared for the bare loop waits for its answer."""
    for _ in range(240):
        async with tenants.transaction():
            row = await tenants.connection().fetchrow(BETWEEN.format(moment, table))
        if row is not None and row["count"] >= ORDERS - 1:
            return float(row["count"] / row["seconds"]) if row["seconds"] else 0.0
        await asyncio.sleep(0.25)
    return 0.0
