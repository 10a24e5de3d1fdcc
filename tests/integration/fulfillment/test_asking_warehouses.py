"""Asking warehouses: what has no answer is waited out, what is broken rests, and nobody else notices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.pull_news import pull_shipments, pull_stock
from app.flows.push_fulfillment import push_fulfillment
from app.flows.stop_work_order import ask_to_stop, stop_at_warehouse
from app.flows.take_notice import take_notice
from app.flows.warehouse_turn import AT_ONCE, NotYet
from app.fulfillment.answers import FAILURES
from app.kernel.ids import new_id
from infra.turns import Pace, wait_for_turn
from infra.warehouse.port import (
    Parcel,
    ParcelLine,
    ShipmentNotice,
    StockNotice,
    StockPage,
    WarehouseRejected,
    WarehouseUnavailable,
)
from tenants import Tenant
from tests import invariants
from tests.builders_running import eventually
from tests.builders_selling import offer, paid_order
from tests.faults import jobs
from tests.scripted_warehouse import Scripted, played_by, silence
from workers.context import JobContext, Retry
from workers.fulfillment import SOON, ask_for_news, push_order

ASIDE = "SELECT status FROM webhook_event WHERE source = 'warehouse'"
ELSEWHERE = ("payments.", "fulfillment.register_warehouse")
NONSENSE = WarehouseUnavailable("the answer is broken off")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    warehouse = Scripted()
    with played_by(warehouse):
        yield warehouse


async def _planned() -> fulfillment.WorkOrder:
    placed = await paid_order(await offer(stock=10), quantity=2)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def _look(work_order: UUID) -> fulfillment.WorkOrder:
    async with tenants.transaction():
        return await fulfillment.find(work_order)


async def _warehouse() -> fulfillment.WarehouseFacts:
    async with tenants.transaction():
        return (await fulfillment.warehouses())[0]


async def _answered(found: bool) -> bool:
    return found


async def _later(seconds: int) -> None:
    """As if so much time had gone by for everything that waits."""
    async with tenants.transaction():
        for column, table in (("asked_at", "fulfillment_order"), ("shut_until", "warehouse_gate")):
            await tenants.connection().execute(
                f"UPDATE {table} SET {column} = {column} - $1::interval", timedelta(seconds=seconds)
            )


async def test_a_call_without_an_answer_is_waited_out_before_anybody_asks(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    scripted.plan = [("after", silence())]

    with pytest.raises(WarehouseUnavailable):
        await push_fulfillment(work_order.id)
    await _later(scripted.horizon_s - 5)
    with pytest.raises(NotYet) as told:
        await push_fulfillment(work_order.id)
    await _later(5)
    await push_fulfillment(work_order.id)

    assert 0 < told.value.seconds <= 5
    assert (scripted.pushed, scripted.asked) == ([work_order.reference], [work_order.reference])
    assert (await _look(work_order.id)).warehouse_ref == f"W-{work_order.reference}"


async def test_what_never_arrived_is_sent_again(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    scripted.plan = [("before", silence())]

    with pytest.raises(WarehouseUnavailable):
        await push_fulfillment(work_order.id)
    await _later(scripted.horizon_s)
    await push_fulfillment(work_order.id)

    assert scripted.pushed == [work_order.reference] * 2
    assert (await _look(work_order.id)).status == "accepted"


async def test_an_answer_that_makes_no_sense_leaves_nothing_on_its_way(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    scripted.plan = [("after", NONSENSE)]

    with pytest.raises(WarehouseUnavailable):
        await push_fulfillment(work_order.id)
    await push_fulfillment(work_order.id)

    assert scripted.pushed == [work_order.reference]
    assert (await _look(work_order.id)).status == "accepted"


async def test_a_broken_warehouse_rests_and_costs_no_order_an_attempt(
    shop: Tenant, other_shop: Tenant, scripted: Scripted
) -> None:
    orders = [await _planned() for _ in range(FAILURES + 3)]
    scripted.plan = [("before", NONSENSE)] * FAILURES

    await jobs.work(*ELSEWHERE, rounds=1)
    asked = len(scripted.pushed)
    for _ in range(3):
        await jobs.make_everything_due(except_kind="payments.expire_order")
        await jobs.work(*ELSEWHERE, rounds=1)
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT attempts - spared AS tries FROM outbox WHERE kind = 'fulfillment.push_order'"
        )
        answers = await fulfillment.answers_of(orders[0].warehouse)
    with tenants.bind(other_shop):
        theirs = await _planned()
        await push_fulfillment(theirs.id)

    assert asked == FAILURES
    assert len(scripted.pushed) == FAILURES + 1  # the other store's
    assert max(row["tries"] for row in rows) == 1
    assert (answers.failed, answers.failures_in_a_row, answers.is_shut) == (FAILURES, FAILURES, True)


async def test_an_order_without_luck_comes_again_within_a_minute_while_its_warehouse_answers_others(
    shop: Tenant, scripted: Scripted
) -> None:
    """Of 500 orders at a warehouse that failed every other call, two had failed six times and waited for 15 minutes."""
    unlucky, context = await _planned(), JobContext(new_id(), "fulfillment.push_order", 8, 24)
    scripted.plan = [("before", NONSENSE), ("before", NONSENSE)]

    with pytest.raises(Retry) as soon:
        await push_order(context, work_order_id=str(unlucky.id))
    async with tenants.transaction():
        for _ in range(FAILURES):
            await fulfillment.note_trouble(unlucky.warehouse, "silent")
        await tenants.connection().execute("UPDATE warehouse_gate SET shut_until = now()")
    with pytest.raises(Retry) as late:
        await push_order(context, work_order_id=str(unlucky.id))

    assert soon.value.delay == SOON
    assert late.value.delay is None  # its own back-off, since nobody is answered


async def test_one_tries_when_the_rest_is_over_and_opens_for_all(shop: Tenant, scripted: Scripted) -> None:
    orders = [await _planned() for _ in range(FAILURES + 1)]
    scripted.plan = [("before", NONSENSE)] * (FAILURES + 1)
    for one in orders[:FAILURES]:
        with pytest.raises(WarehouseUnavailable):
            await push_fulfillment(one.id)

    await _later(5)
    with pytest.raises(WarehouseUnavailable):  # the probe, which fails
        await push_fulfillment(orders[-1].id)
    with pytest.raises(NotYet):
        await push_fulfillment(orders[0].id)
    await _later(20)
    for one in orders:
        await push_fulfillment(one.id)

    assert {(await _look(one.id)).status for one in orders} == {"accepted"}
    async with tenants.transaction():
        answers = await fulfillment.answers_of(orders[0].warehouse)
    assert (answers.answered, answers.is_shut) == (FAILURES + 1, False)


async def test_a_warehouse_that_cannot_stop_orders_is_well_all_the_same(shop: Tenant, scripted: Scripted) -> None:
    async def gone(reference: str, reason: str = "") -> None:
        raise WarehouseRejected("already_shipped", "on the truck")

    scripted.cancel_order = gone  # type: ignore[method-assign] # its answer to everything
    orders = [await _planned() for _ in range(FAILURES + 1)]
    for one in orders[:FAILURES]:
        await push_fulfillment(one.id)
        await ask_to_stop(one.id, "hold", {}, actor="Su")
        await stop_at_warehouse(one.id)

    await push_fulfillment(orders[-1].id)

    assert (await _look(orders[-1].id)).status == "accepted"
    assert (await _warehouse()).last_error == ""


async def test_a_slow_warehouse_keeps_only_some_places(shop: Tenant, scripted: Scripted) -> None:
    orders = [await _planned() for _ in range(AT_ONCE + 1)]
    scripted.answers = asyncio.Event()

    slow = [asyncio.create_task(push_fulfillment(one.id)) for one in orders[:AT_ONCE]]
    await eventually(lambda: _answered(len(scripted.pushed) == AT_ONCE))
    with pytest.raises(NotYet):
        await push_fulfillment(orders[-1].id)
    scripted.answers.set()
    await asyncio.gather(*slow)

    assert (await _look(orders[-1].id)).submitted_at is None


async def test_turns_are_given_in_the_order_people_came(shop: Tenant) -> None:
    pace, queue = Pace(per_minute=600, burst=2), f"{shop.id}:warehouse"

    waits = [await wait_for_turn(queue, pace, ticket) for ticket in "abcd"]
    again = await wait_for_turn(queue, pace, "c")

    assert waits[:2] == [0, 0]
    assert 0 < again <= waits[2] < waits[3] <= 0.2


async def test_fetched_news_come_again_until_they_are_acknowledged(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    await push_fulfillment(work_order.id)
    warehouse = await _warehouse()
    line = scripted.orders[work_order.reference].lines[0]
    for number, units in (("SF1", 1), ("SF2", 1)):
        parcel = Parcel(number, "sf", "SF", datetime.now(UTC), (ParcelLine(line.line_id, line.sku, units),))
        scripted.news.append(ShipmentNotice(number, work_order.reference, parcel, complete=False))
    scripted.may_acknowledge = False

    with pytest.raises(ConnectionResetError):
        await pull_shipments(warehouse.id)
    scripted.may_acknowledge = True
    await pull_shipments(warehouse.id)

    assert scripted.acknowledged == ["SF1", "SF2"]
    async with tenants.transaction():
        parcels = await fulfillment.parcels_of(work_order.order_id)
        assert await fulfillment.cursor_of(warehouse.id, "shipments") == "after 1"
    assert sorted(one.tracking_number for one in parcels) == ["SF1", "SF2"]
    await invariants.check(shop)


async def test_an_older_count_never_beats_a_newer(shop: Tenant, scripted: Scripted) -> None:
    warehouse, today = await _warehouse(), datetime.now(UTC) - timedelta(minutes=1)
    newer = StockNotice("1", "PEACH", "", 7, today)
    older = StockNotice("2", "PEACH", "", 9, today - timedelta(hours=1))
    scripted.stock = StockPage((newer,), "a", more=False, receipts=("r1",))

    await pull_stock(warehouse.id)
    await take_notice(older, "", warehouse)

    async with tenants.transaction():
        assert (await fulfillment.counts_of(warehouse.id))["PEACH"].available == 7
    assert scripted.acknowledged == ["r1"]


async def test_the_clock_asks_for_news_once(shop: Tenant, scripted: Scripted) -> None:
    await ask_for_news()
    await ask_for_news()
    await jobs.work(*ELSEWHERE)
    await ask_for_news()

    async with tenants.transaction():
        done = await tenants.connection().fetch(
            "SELECT dedupe_key, status FROM outbox WHERE kind = 'fulfillment.pull_news' ORDER BY dedupe_key"
        )
    assert [row["status"] for row in done] == ["done", "done"]


async def test_a_warehouse_speaks_of_its_own_orders_only(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, is_default, created_at)"
            " SELECT gen_random_uuid(), 'Other', adapter, base_url, 'another key', '', false, now() FROM warehouse"
        )
        other = next(one for one in await fulfillment.warehouses() if not one.is_default)
    parcel = Parcel("SF9", "sf", "SF", datetime.now(UTC), ())

    await take_notice(ShipmentNotice("n", work_order.reference, parcel, complete=True), "{}", other)

    assert (await _look(work_order.id)).status == "open"
    async with tenants.transaction():
        assert await tenants.connection().fetchval(ASIDE) == "quarantined"


async def test_what_cannot_be_written_down_is_put_aside(shop: Tenant, scripted: Scripted) -> None:
    work_order = await _planned()
    async with tenants.transaction():
        line = (await fulfillment.progress(work_order.id))[0].order_line
    parcel = Parcel("S\0F", "sf", "SF", datetime.now(UTC), (ParcelLine(str(line), "", 10**12),))

    await take_notice(ShipmentNotice("big\0", work_order.reference, parcel, complete=True), "a\0b", await _warehouse())

    async with tenants.transaction():
        assert await tenants.connection().fetchval(ASIDE) == "quarantined"
        assert await fulfillment.parcels_of(work_order.order_id) == []


async def test_a_warehouse_that_says_no_to_being_asked_is_noted(shop: Tenant, scripted: Scripted) -> None:
    async def refused(cursor: str = "") -> StockPage:
        raise WarehouseRejected("bad_key", "unknown account")

    scripted.pull_stock = refused  # type: ignore[method-assign] # one answer of it
    warehouse = await _warehouse()

    with pytest.raises(WarehouseRejected):
        await pull_stock(warehouse.id)

    assert "bad_key" in (await _warehouse()).last_error
