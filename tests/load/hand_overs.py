"""Orders handed to a warehouse, and its callbacks taken, each measured alone, beside bare HTTP loops.

Pushes: one worker of the critical queue and the relay hand over what is planned already, to a rehearsal warehouse that
tells nothing; beside it, a loop that makes the same vendor calls and nothing else. Callbacks: no worker runs, and
clients post rightly signed news of one parcel per order to one web process; beside it, the same clients ask a page of
nothing. Everything shares the machine's processors, so the processor time of our own processes and the messages to the
database, which other work on the machine does not change, are told with each rate.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import msgspec

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.ship_order import hear_warehouse
from app.fulfillment import WarehouseFacts
from infra import wiring
from infra.credentials import OF_WAREHOUSES
from infra.warehouse.simulator.behavior import Behavior
from infra.warehouse.simulator.news_jushuitan import voice
from infra.warehouse.simulator.records import Account, Line, Sent
from infra.warehouse.simulator.voices import Call
from tenants import lifecycle, outbox
from tests import builders, builders_selling, round_trips
from tests.load import report
from tests.load.stack import Stack
from tests.load.stamping_worker import KIND
from tests.load.stores import Stores
from workers import claims
from workers.registry import HANDLERS
from workers.runner import run_job

ORDERS, AT_ONCE = 150, 4
QUIET = Behavior(ship_ms=3_600_000, tracking="off")
ACCEPTED = (
    "SELECT extract(epoch FROM max(accepted_at) - min(accepted_at))::float8 AS seconds, count(accepted_at) AS count"
    " FROM fulfillment_order"
)


async def rates(stack: Stack, stores: Stores) -> list[report.Line]:
    stack.stop_workers()
    await stack.web()
    await stack.simulator()
    with tenants.bind(await builders.open_store("handing")):
        warehouse = await register(QUIET)
        goods = await builders_selling.offer(stock=100_000)
        sold = [(await builders_selling.paid_order(goods)).order_id for _ in range(ORDERS)]
        for order in sold:
            await plan_fulfillment(order)
        await _leave_only_pushes()
        pushes = await _pushes(stack, sold[-1])
        stack.stop_workers()
        calls = [await _news(order, number, warehouse) for number, order in enumerate(sold)]
        return [pushes, await _callbacks(stack, calls)]


async def register(behavior: Behavior) -> WarehouseFacts:
    """Open the store's account at the simulator, which treats it like this."""
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0]
    secrets = [lifecycle.webhook_secret(tenants.current().id, kind) for kind in ("warehouse", "carrier")]
    await wiring.register_warehouse(
        warehouse, tenant_id=tenants.current().id, callback_secret=secrets[0], carrier_secret=secrets[1]
    )
    await wiring.simulator_office(warehouse.base_url).behave(warehouse.app_key, behavior)
    return warehouse


async def _leave_only_pushes() -> None:
    """What else a sale sets in motion is not what is measured."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE outbox SET status = 'done' WHERE kind <> 'fulfillment.push_order'")


async def _due_in(hours: int) -> None:
    """All pushes begin at once, when workers are there and have read their code."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET run_at = now() + make_interval(hours => $1) WHERE status = 'due'", hours
        )
    await outbox.hint(tenant_id=tenants.current().id)


async def _pushes(stack: Stack, order: UUID) -> report.Line:
    name = "orders handed to a warehouse, per worker"
    bare, trips = await _bare_pushes(order), await _trips_of_pushes()
    await _due_in(1)
    await stack.workers()
    await _until_they_work()
    began = _processor_of(stack, "worker-critical", "relay")
    await _due_in(0)
    rate, done = await _handed_over()
    if not rate:
        return report.not_measured(name, "not all were handed over in time")
    ended = _processor_of(stack, "worker-critical", "relay")
    spent = [(after - before) * 1000 / done for before, after in zip(began, ended, strict=True)]
    of = f"vendor calls alone; {trips:.0f} messages, {spent[0]:.1f} + {spent[1]:.1f} ms worker + relay"
    return report.beside(name, rate, bare, of=of)


async def _bare_pushes(order: UUID) -> float:
    """The vendor's call alone, so many at once as a worker has; the orders are copies under other numbers."""
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(order)
    consignment = await prepare(work_order.id)
    if consignment is None:
        return 0.0
    copies = [msgspec.structs.replace(consignment.order, reference=f"bare-{number}") for number in range(ORDERS)]
    return await _looped([lambda copy=copy: consignment.gateway.push_order(copy) for copy in copies])  # type: ignore[misc] # mypy cannot see the default


async def _trips_of_pushes() -> float:
    """Messages to the database for each of the first orders, by relay and worker together, done in this process."""
    first = await claims.visit()  # what is prepared for the first time
    await _work_off(first)
    with round_trips.counted() as trips:
        visit = await claims.visit()
        await _work_off(visit)
    return trips.count / max(1, len(visit.claims))


async def _work_off(visit: claims.Visit) -> None:
    for claim in visit.claims:
        await asyncio.create_task(
            run_job({"handlers": HANDLERS}, str(tenants.current().id), str(claim.job_id), claim.attempt)
        )


async def _until_they_work() -> None:
    """Relay and worker have done something; starting them costs more than what is measured."""
    async with tenants.transaction():
        first = await outbox.post(KIND, queue="critical", sent=time.time())
    for _ in range(240):
        async with tenants.transaction():
            status = await tenants.connection().fetchval("SELECT status FROM outbox WHERE id = $1", first)
        if status == "done":
            return
        await asyncio.sleep(0.25)


async def _handed_over() -> tuple[float, int]:
    """Orders a second once nearly all are there, and how many that were.

    The one that was prepared for the bare loop waits for its answer, and those handed over before do not count.
    """
    async with tenants.transaction():
        before: datetime = await tenants.connection().fetchval("SELECT max(accepted_at) FROM fulfillment_order")
        already: int = await tenants.connection().fetchval("SELECT count(accepted_at) FROM fulfillment_order")
    for _ in range(240):
        async with tenants.transaction():
            row = await tenants.connection().fetchrow(f"{ACCEPTED} WHERE accepted_at > $1", before)
        if row is not None and row["count"] >= ORDERS - 1 - already:
            return (float(row["count"] / row["seconds"]) if row["seconds"] else 0.0), row["count"]
        await asyncio.sleep(0.25)
    return 0.0, 0


async def _news(order: UUID, number: int, warehouse: WarehouseFacts) -> Call:
    """What the rehearsal warehouse would say of the order's only parcel."""
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(order)
        (line,) = await orders.lines_of(order)
    secret = OF_WAREHOUSES.open(warehouse, tenant_id=tenants.current().id)["secret"]
    address = wiring.webhook_url("warehouse", lifecycle.webhook_secret(tenants.current().id, "warehouse"))
    account = Account(warehouse.app_key, secret, "", address, "", "", "jushuitan", {}, QUIET)
    now = datetime.now(UTC)
    goods = [Line(str(line.id), line.sku, line.quantity)]
    sent = Sent(number, work_order.reference, f"SF{number:08}", "shunfeng", "SF", int(now.timestamp()), goods)
    return voice(account, sent, now)


async def _callbacks(stack: Stack, calls: list[Call]) -> report.Line:
    first, counting, *rest = calls
    await _hear(first)
    with round_trips.counted() as trips:
        await _hear(counting)
    async with httpx.AsyncClient(base_url=await stack.bare()) as client:
        bare = await _looped([lambda: client.get("/json") for _ in rest])
    async with httpx.AsyncClient() as client:
        (began,) = _processor_of(stack, "web")
        rate = await _looped([lambda call=call: _post(client, call) for call in rest])  # type: ignore[misc] # mypy cannot see the default
        (ended,) = _processor_of(stack, "web")
    async with tenants.transaction():
        parcels: int = await tenants.connection().fetchval("SELECT count(*) FROM fulfillment WHERE status = 'shipped'")
    if parcels != len(calls):
        return report.not_measured("callbacks of a warehouse taken", f"{parcels} parcels of {len(calls)} news")
    of = f"a page of nothing; {trips.count} messages, {(ended - began) * 1000 / len(rest):.1f} ms web"
    return report.beside("callbacks of a warehouse taken, one web process", rate, bare, of=of)


async def _hear(call: Call) -> None:
    store = await lifecycle.find_by_webhook("warehouse", lifecycle.webhook_secret(tenants.current().id, "warehouse"))
    assert store == tenants.current()
    await hear_warehouse(headers=call.headers, query="", body=call.content, now=datetime.now(UTC))


async def _post(client: httpx.AsyncClient, call: Call) -> None:
    answer = await client.post(call.url, content=call.content, headers=call.headers)
    answer.raise_for_status()


async def _looped(calls: list[Callable[[], Awaitable[object]]]) -> float:
    """Calls a second, `AT_ONCE` under way."""
    began, waiting = time.monotonic(), list(calls)

    async def work() -> None:
        while waiting:
            await waiting.pop()()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(calls) / (time.monotonic() - began)


def _processor_of(stack: Stack, *programs: str) -> list[float]:
    return [_processor_s(stack.pid_of(program)) for program in programs]


def _processor_s(pid: int | str | None) -> float:
    """Seconds of processor time that a process and those it started have used until now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") + sum(map(_processor_s, children))
