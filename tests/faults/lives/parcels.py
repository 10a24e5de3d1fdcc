"""The life of parcels: paid orders are handed to the warehouse, sent and delivered, whatever the warehouse answers.

The warehouse is the real simulator on a socket of its own; what it tells, and what the carrier tells, comes to a web
server in the process that may die, and after that to one in ours.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import tenants
from app import fulfillment
from app.flows.connect_warehouse import ask_for_check
from app.flows.retry_fulfillment import retry_fulfillment
from app.flows.take_notice import take_notice
from app.fulfillment import WarehouseFacts
from app.kernel.clock import now
from app.main import create_app
from infra import wiring
from infra.settings import settings
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from infra.warehouse.simulator.app import build_app
from infra.warehouse.simulator.office import Behavior, SimulatorOffice
from tests import builders_selling
from tests.builders_running import eventually, serving
from tests.builders_selling import Offer
from tests.faults import jobs
from tests.faults.life import Life, flows
from workers.fulfillment import ask_for_news

our_app = cache(create_app)
ELSEWHERE = "payments."  # money has a life of its own
QUICK = {"ship_ms": 10, "transit_ms": 10, "out_ms": 20, "delivered_ms": 30}
EVERY_TIME = 10_000
ON_THE_WAY = (
    "SELECT count(*) FROM orders"
    " WHERE paid_at IS NOT NULL AND (status, fulfillment_status) <> ('completed', 'delivered')"
)


@asynccontextmanager
async def around(folder: Path) -> AsyncIterator[dict[str, str]]:
    async with serving(build_app(folder / "floor.sqlite3"), settings().simulator_port, lifespan="on"):
        yield {}
    await wiring.close()


async def prepare() -> Offer:
    """The store does not know its warehouse yet: registering is part of the life."""
    return await builders_selling.offer(stock=20)


async def live(made: Offer) -> None:
    async with serving(our_app(), settings().port):
        await _registered_at_the_second_try()
        await _behave()
        await builders_selling.paid_order(made)
        await _until_delivered()
        await _done_but_not_answered(made)
        await _never_done(made)
        await _news_are_fetched()
        await _refused_at_first(made)


async def mend() -> None:
    """The warehouse is well, its callbacks come again, leases and waiting times run out, and the merchant retries what
    is stuck.
    """
    await _move_warehouse(settings().simulator_port)
    await _behave()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET asked_at = asked_at - interval '1 hour'")
        await tenants.connection().execute("UPDATE warehouse_gate SET failures = 0, shut_until = NULL")
    async with serving(our_app(), settings().port):
        await jobs.make_everything_due()
        await jobs.work(ELSEWHERE)
        await _retry_what_is_stuck()
        await _until_delivered()


async def _registered_at_the_second_try() -> None:
    """Nobody listens at the address of the payment sandbox, which is one of our own too."""
    await _move_warehouse(settings().sandbox_port)
    await jobs.work(ELSEWHERE)
    await _move_warehouse(settings().simulator_port)
    await jobs.make_everything_due()
    await jobs.work(ELSEWHERE)


async def _move_warehouse(port: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET base_url = $1", f"http://127.0.0.1:{port}")


async def _done_but_not_answered(made: Offer) -> None:
    """The first attempt arrives and says 500; the second asks, and finds the order there."""
    await _behave(error_after_done_bps=EVERY_TIME, ship_ms=500)
    await builders_selling.paid_order(made)
    await jobs.work(ELSEWHERE)
    await _behave()
    await _until_delivered()


async def _never_done(made: Offer) -> None:
    """The first attempt is turned away; the second asks, finds nothing, and sends again."""
    await _behave(error_bps=EVERY_TIME)
    await builders_selling.paid_order(made)
    await jobs.work(ELSEWHERE)
    await _behave()
    await _until_delivered()


async def _news_are_fetched() -> None:
    """The clock has everything fetched that callbacks told before; a merchant looks whether the warehouse is there;
    and one notice says what no row can hold.
    """
    _, warehouse = await _warehouse()
    await ask_for_news()
    await ask_for_check(warehouse.id)
    await jobs.work(ELSEWHERE)
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT work.reference, line.order_line FROM fulfillment_order AS work"
            " JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id LIMIT 1"
        )
    assert row is not None
    parcel = Parcel("TOO-MANY", "sf", "SF", now(), (ParcelLine(str(row["order_line"]), "", 10**12),))
    await take_notice(ShipmentNotice("too many", row["reference"], parcel, complete=True), "", warehouse)


async def _refused_at_first(made: Offer) -> None:
    """The warehouse does not know the goods, until it does and the merchant tries again."""
    async with tenants.transaction():
        sku = await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", made.variant)
    await _behave(unknown_skus=(sku,))
    await builders_selling.paid_order(made)
    await jobs.work(ELSEWHERE)
    await _behave()
    await _retry_what_is_stuck()
    await _until_delivered()


async def _retry_what_is_stuck() -> None:
    async with tenants.transaction():
        stuck = await tenants.connection().fetch("SELECT id FROM fulfillment_order WHERE status = 'on_hold'")
    for row in stuck:
        await retry_fulfillment(row["id"])


async def _until_delivered() -> None:
    """Work while the warehouse sends; everything paid has to arrive."""

    async def arrived() -> bool:
        await jobs.make_everything_due(except_kind="payments.expire_order")
        await jobs.work(ELSEWHERE)
        async with tenants.transaction():
            return not await tenants.connection().fetchval(ON_THE_WAY)

    await eventually(arrived)
    await jobs.work(ELSEWHERE)  # what the last arrival asked for


async def _warehouse() -> tuple[SimulatorOffice, WarehouseFacts]:
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0]
    base_url = f"http://127.0.0.1:{settings().simulator_port}"
    return SimulatorOffice(base_url, wiring.outside(base_url)), warehouse


async def _behave(**behavior: object) -> None:
    office, warehouse = await _warehouse()
    await office.behave(warehouse.app_key, Behavior(**{**QUICK, **behavior}))  # type: ignore[arg-type] # fields by name


async def disagreements() -> list[str]:
    """One parcel per reference and one reference per order, here and at the warehouse; no work order left open."""
    office, warehouse = await _warehouse()
    there = {one.reference: one for one in await office.counts(warehouse.app_key)}
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT work.reference, work.status, work.warehouse_ref, orders.number, orders.fulfillment_status,"
            " (SELECT count(*) FROM fulfillment WHERE fulfillment.fulfillment_order = work.id) AS parcels"
            " FROM orders LEFT JOIN fulfillment_order AS work ON work.order_id = orders.id"
            " WHERE orders.paid_at IS NOT NULL"
        )
    found = await jobs.undone(ELSEWHERE)
    for row in rows:
        known = there.pop(row["reference"], None)
        if known is None or (known.shipped, known.parcels, known.status) != (1, 1, "Sent"):
            found.append(f"{row['number']}: at the warehouse {known}")
        if (row["status"], row["parcels"]) != ("closed", 1):
            found.append(f"{row['number']}: here {dict(row)}")
    return found + [f"sent without an order: {one}" for one in there.values()]


LIFE = Life(
    files=(
        *flows("plan_fulfillment", "push_fulfillment", "retry_fulfillment", "ship_order", "deliver_parcel"),
        *flows("take_notice", "pull_news"),
        "workers/fulfillment.py",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=around,
    calls=frozenset({"consignment.gateway", "gateway", "wiring"}),
)  # fmt: skip
