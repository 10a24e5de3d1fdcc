"""The life of work orders that people change: held, split, taken back, sent from elsewhere, sent again, and returned.

The warehouse is the real simulator on a socket of its own. It sends nothing by itself: what it would tell is handed
over here, so that nothing depends on who is quicker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import tenants
from app import fulfillment, orders
from app.flows.decide_aftersale import approve_aftersale
from app.flows.hold_orders import hold_order, release_order, release_what_waited_long_enough
from app.flows.merchant_acts import Actor
from app.flows.refund_unsent import ask_to_refund
from app.flows.refund_wish import RefundWish
from app.flows.release_work_order import hold_work_order, release_work_order
from app.flows.reship_parcel import reship_parcel
from app.flows.settle_short import leave_out_missing, reroute_short
from app.flows.ship_by_hand import ship_by_hand
from app.flows.split_work_order import merge_work_orders, split_work_order
from app.flows.stop_work_order import ask_to_readdress, ask_to_stop, ask_to_stop_order, keep_for_a_person
from app.flows.take_notice import take_notice
from app.flows.ways_back import choose_way_back
from app.fulfillment import Purpose, WorkOrder
from app.kernel.clock import now
from app.payments import RefundLine
from infra import wiring
from infra.settings import settings
from infra.warehouse.port import ShortLine, ShortNotice
from infra.warehouse.simulator.office import Behavior, SimulatorOffice
from infra.warehouse.simulator.records import CANCELED
from tests import builders_aftersales as after
from tests import builders_selling as selling
from tests.faults import jobs
from tests.faults.life import Life, flows
from tests.faults.lives import parcels

ELSEWHERE = (
    "payments.refund",
    "payments.expire_order",
    "payments.register_account",
    "aftersales.deadline",
    "attribution.",
    "messaging.",
)
NEVER_MS = 3_600_000
BY = "Su He"
SHOP = Actor(UUID(int=7), BY)
STOPPING = """
SELECT work.reference FROM fulfillment_order AS work WHERE work.stopping_at IS NOT NULL OR EXISTS (
    SELECT 1 FROM fulfillment_stop WHERE fulfillment_order = work.id AND status = 'asked')
"""
# What warehouses are asked for and have not sent, against what is promised to the order in each of them.
PROMISED = """
SELECT coalesce(asked.order_line, kept.order_line) AS line, coalesce(asked.units, 0) AS asked,
    coalesce(kept.units, 0) AS promised
FROM (SELECT line.order_line, work.warehouse, sum(line.quantity - coalesce((SELECT sum(packed.quantity)
            FROM fulfillment_line AS packed JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment
            WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled'
                AND packed.order_line = line.order_line), 0)) AS units
        FROM fulfillment_order_line AS line JOIN fulfillment_order AS work ON work.id = line.fulfillment_order
        WHERE work.status <> 'canceled' GROUP BY line.order_line, work.warehouse) AS asked
FULL JOIN (SELECT order_line, warehouse, sum(quantity - shipped_quantity) AS units FROM reservation
        WHERE status = 'allocated' GROUP BY order_line, warehouse) AS kept USING (order_line, warehouse)
WHERE coalesce(asked.units, 0) <> coalesce(kept.units, 0)
"""


@dataclass(frozen=True, slots=True)
class Made:
    goods: selling.Offer
    other: UUID


async def prepare() -> Made:
    goods = await selling.offer(stock=60)
    other = await selling.warehouse("Second")
    await selling.stock_at(goods, other, 60)
    await jobs.work(*ELSEWHERE)  # the warehouse gets to know the store
    await _behave()
    return Made(goods, other)


async def live(made: Made) -> None:
    await _held(made)
    await _divided(made)
    await _taken_back(made)
    await _called_off(made)
    await _paid_back(made)
    await _not_taken_back(made)
    await _short(made)
    await _sent_again(made)
    await _coming_back(made)


async def _held(made: Made) -> None:
    """By hand, by the clock, and for a review that nobody has to make any more."""
    order = await _planned(made)
    await hold_order(order, "Is this the right street?", by=BY)
    await release_order(order, by=BY)
    cooling, doubted = await _planned(made), await _planned(made)
    async with tenants.transaction():
        await fulfillment.open_hold(cooling, "cooling", by="rule", until=now() - timedelta(minutes=1))
        await fulfillment.settle_holds(cooling)
        await fulfillment.open_hold(doubted, "fraud", by="rule")
        await fulfillment.settle_holds(doubted)
    await release_what_waited_long_enough()


async def _divided(made: Made) -> None:
    order = await _planned(made, quantity=3)
    (work,) = await _work_orders(order)
    await hold_work_order(work.id, actor=BY, words="the box is too small")
    await split_work_order(work.id, 3, {await _line(order): 1}, actor=BY)
    kept, other = await _work_orders(order)
    await merge_work_orders(kept.id, other.id, actor=BY)
    await release_work_order(kept.id, actor=BY)


async def _taken_back(made: Made) -> None:
    """One from nobody, one from its warehouse to the other one, one to send it to another address."""
    unsent = await _planned(made)
    (work,) = await _work_orders(unsent)
    await ask_to_stop(work.id, "hold", {}, actor=BY)
    moved, elsewhere = await _pushed(made, quantity=2), await _pushed(made)
    (work,) = await _work_orders(moved)
    target = made.other if work.warehouse != made.other else await _default()
    await ask_to_stop(work.id, "move", {"warehouse": str(target)}, actor=BY)
    await ask_to_readdress(elsewhere, {**selling.SHIP_TO, "street": "2 Plum Road"}, phone="13900000000", actor=BY)
    await jobs.work(*ELSEWHERE)


async def _called_off(made: Made) -> None:
    order = await _pushed(made)
    await ask_to_stop_order(order, actor=BY, cause="canceled_by_merchant")
    await jobs.work(*ELSEWHERE)
    await keep_for_a_person(await _planned(made))


async def _paid_back(made: Made) -> None:
    """One of two units."""
    order = await _pushed(made, quantity=2)
    wish = RefundWish(uuid4(), [RefundLine(await _line(order), 1, None)], reason="merchant", restock=True)
    await ask_to_refund(order, wish, actor=BY)
    await jobs.work(*ELSEWHERE)


async def _not_taken_back(made: Made) -> None:
    """One warehouse is away at first; one says no, the parcel leaves, and is to come back as a return."""
    await _asked_back(await _pushed(made), "hold", error_bps=parcels.EVERY_TIME)
    work = await _asked_back(await _pushed(made), "cancel", intercept_fails=True)
    await choose_way_back(work.id, "return", by=BY)
    await ship_by_hand(work.reference, "SF", "SF100200200", actor=SHOP)
    await jobs.work(*ELSEWHERE)


async def _asked_back(order: UUID, purpose: Purpose, **manners: object) -> WorkOrder:
    (work,) = await _work_orders(order)
    await _behave(**manners)
    await ask_to_stop(work.id, purpose, {}, actor=BY)
    await jobs.work(*ELSEWHERE)
    await _behave()
    await _be_patient()
    await jobs.work(*ELSEWHERE)
    return work


async def _short(made: Made) -> None:
    order = await _pushed(made, quantity=3)
    (work,) = await _work_orders(order)
    missing = (ShortLine(str(await _line(order)), "", 2),)
    await take_notice(ShortNotice(uuid4().hex, work.reference, missing, "not found", now()), "{}")
    await reroute_short(work.id, by=BY)


async def _sent_again(made: Made) -> None:
    """The merchant packed it, and it was lost; what should replace it is not there either."""
    order = await _planned(replace(made, goods=await selling.offer(stock=9)))
    (work,) = await _work_orders(order)
    await ship_by_hand(work.reference, "SF", "SF100200300", actor=SHOP)
    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(order)
    number = await reship_parcel(order, parcel.id, reason="lost", words="", by=BY)
    await jobs.work(*ELSEWHERE)
    async with tenants.transaction():
        again = await orders.find_by_number(number)
    (work,) = await _work_orders(again.id)
    missing = (ShortLine(str(await _line(again.id)), "", 1),)
    await (await _office()).refuse(tenants.current().id.hex, work.reference, "not found")
    await take_notice(ShortNotice(uuid4().hex, work.reference, missing, "not found", now()), "{}")
    await leave_out_missing(work.id, by=BY)


async def _coming_back(made: Made) -> None:
    """Announced at once; at the second try; and to a warehouse that wants none of it."""
    for number, spoil in enumerate(("", "error", "account")):
        order = await _planned(made)
        (work,) = await _work_orders(order)
        await ship_by_hand(work.reference, "SF", f"SF20030040{number}", actor=SHOP)
        case = await after.ask(order)
        if spoil == "error":
            await _behave(error_bps=parcels.EVERY_TIME)
        if spoil == "account":
            await _be_known(by="-unknown")
        await approve_aftersale(case, actor=BY, address=after.ADDRESS)
        await jobs.work(*ELSEWHERE)
        await _be_known()
        await _behave()
        await _be_patient()
        await jobs.work(*ELSEWHERE)


async def _planned(made: Made, *, quantity: int = 1) -> UUID:
    """Paid, with a work order that nobody has sent to its warehouse."""
    placed = await selling.paid_order(made.goods, quantity=quantity)
    await jobs.work("fulfillment.push_order", *ELSEWHERE)
    return placed.order_id


async def _pushed(made: Made, *, quantity: int = 1) -> UUID:
    order = await _planned(made, quantity=quantity)
    await jobs.work(*ELSEWHERE)
    return order


async def _work_orders(order: UUID) -> list[WorkOrder]:
    async with tenants.transaction():
        return [one for one in await fulfillment.work_orders_of(order) if one.status != "canceled"]


async def _line(order: UUID) -> UUID:
    return (await after.lines_of(order))[0].id


async def _default() -> UUID:
    async with tenants.transaction():
        found: UUID = await tenants.connection().fetchval("SELECT id FROM warehouse WHERE is_default")
    return found


async def _be_known(*, by: str = "") -> None:
    """The account of both warehouses; with `by` it is one that the simulator does not have."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET app_key = $1", f"{tenants.current().id.hex}{by}")


async def _be_patient() -> None:
    """Waiting times are over: of calls without an answer, of gates, and of jobs that were put off."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET asked_at = asked_at - interval '1 hour'")
        await tenants.connection().execute("UPDATE warehouse_gate SET failures = 0, shut_until = NULL")
    await jobs.make_everything_due(except_kind="aftersales.deadline")


async def _behave(**manners: object) -> None:
    office = await _office()
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0]
    calm: dict[str, object] = {"ship_ms": NEVER_MS, "return_ms": NEVER_MS}
    await office.behave(warehouse.app_key, Behavior(**(calm | manners)))  # type: ignore[arg-type] # fields by name


async def _office() -> SimulatorOffice:
    base_url = f"http://127.0.0.1:{settings().simulator_port}"
    return SimulatorOffice(base_url, wiring.outside(base_url))


async def mend() -> None:
    """The warehouse is well and known, and every waiting time passes."""
    await _be_known()
    await _behave()
    for _ in range(2):
        await _be_patient()
        await jobs.work(*ELSEWHERE)
    await release_what_waited_long_enough()
    await jobs.work(*ELSEWHERE)


async def disagreements() -> list[str]:
    """No recall is left open; what is canceled here is canceled there and the other way round; and what warehouses are
    asked for is what is promised to the order there, no unit more or less.
    """
    office = await _office()
    there = {one.reference: one for one in await office.counts(tenants.current().id.hex)}
    async with tenants.transaction():
        database = tenants.connection()
        rows = await database.fetch("SELECT reference, status, submitted_at FROM fulfillment_order")
        stopping, promised = await database.fetch(STOPPING), await database.fetch(PROMISED)
    found = await jobs.undone(*ELSEWHERE)
    found += [f"still being asked back: {row['reference']}" for row in stopping]
    found += [f"asked for and not promised, or promised and not asked for: {dict(row)}" for row in promised]
    for row in rows:
        known = there.pop(row["reference"], None)
        gone = known is None or known.status == CANCELED
        if row["status"] in ("canceled", "accepted") and (row["status"] == "canceled") != gone:
            found.append(f"{row['reference']}: {row['status']} here, {known} there")
    return found + [f"there without a work order: {one}" for one in there.values()]


SPARED = {
    "unwanted_units": "only reads the wish; request_refund and refund_unsent do what it asks for",
    "compare_goods": "asks warehouses and writes tickets, and moves nothing",
}

LIFE = Life(
    files=flows(
        "hold_orders", "release_work_order", "split_work_order", "stop_work_order", "refund_unsent", "settle_short",
        "ship_by_hand", "reship_parcel", "announce_return", "ways_back",
    ),
    prepare=prepare, live=live, mend=mend, disagreements=disagreements, around=parcels.around,
    calls=frozenset({"gateway", "announcement.gateway"}),
    spared=SPARED,
)  # fmt: skip
