"""A leader hands out: each code once, only at the own points, with a few minutes to take it back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import tenants
from app import engagement, orders, pickups
from app.flows import hand_out
from app.flows.cancel_order import cancel_order
from app.flows.place_order import Placed
from app.flows.settle_commissions import settle_commissions
from app.kernel.errors import NotFound
from app.pickups import CalledOff, NotYet, Point, TooLateToUndo, UnknownCode
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_pickups as points
from tests.invariants import check
from workers.pickups import look_after_pickups


async def _confirmed(at: Point, **terms: object) -> Placed:
    buy = await points.community(terms=terms)
    placed = await points.order_at(buy, at)
    await points.attribute(placed)
    await points.cut_off(buy)
    return placed


async def _code(placed: Placed) -> str:
    return (await points.pickup_of(placed)).code


async def _later(placed: Placed, by: timedelta) -> None:
    """As if this much time had passed since it came, and since it was handed out."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE pickup SET arrived_at = arrived_at - $2::interval, collected_at = collected_at - $2::interval"
            " WHERE order_id = $1",
            placed.order_id, by,
        )  # fmt: skip


async def _events(placed: Placed) -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT cause FROM pickup_event WHERE order_id = $1 ORDER BY at, id", placed.order_id
        )
    return [row["cause"] for row in rows]


async def test_many_telephones_that_scan_one_code_hand_it_out_once(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here)
    code = await _code(placed)

    outcomes = await asyncio.gather(*(hand_out.hand_out(here.leader, code) for _ in range(8)))

    assert [new for _pickup, new in outcomes].count(True) == 1
    assert {pickup.status for pickup, _new in outcomes} == {"collected"}
    assert await _events(placed) == ["collected"]
    await check(shop)


async def test_a_code_may_be_read_out_in_small_letters_and_groups(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here)
    code = await _code(placed)

    found = await hand_out.look_up(here.leader, f" {code[:4].lower()}-{code[4:].lower()} ")

    assert found.order_id == placed.order_id


async def test_another_leader_and_a_wrong_code_learn_the_same_nothing(shop: Tenant) -> None:
    here, other = await points.point(), await points.point()
    code = await _code(await _confirmed(here))

    for leader, typed in ((other.leader, code), (here.leader, "22222222"), (here.leader, ""), (here.leader, "🍑" * 8)):
        with pytest.raises(UnknownCode):
            await hand_out.hand_out(leader, typed)


async def test_the_row_keeps_no_code(shop: Tenant) -> None:
    placed = await _confirmed(await points.point())
    code = await _code(placed)

    async with tenants.transaction():
        kept = await tenants.connection().fetchval("SELECT row_to_json(pickup)::text FROM pickup")

    assert code not in kept


async def test_nothing_is_handed_out_before_the_cut_off_or_after_it_was_called_off(shop: Tenant) -> None:
    here, buy = await points.point(), await points.community()
    early, canceled = await points.order_at(buy, here), await points.order_at(buy, here)
    await cancel_order(canceled.order_id, actor="shopper")

    with pytest.raises(NotYet):
        await hand_out.hand_out(here.leader, await _code(early))
    with pytest.raises(CalledOff):
        await hand_out.hand_out(here.leader, await _code(canceled))
    await check(shop)


async def test_a_mistake_is_taken_back_within_minutes_and_not_later(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here)
    await hand_out.hand_out(here.leader, await _code(placed))

    await hand_out.take_back(here.leader, placed.order_id)
    first = await points.pickup_of(placed)
    await hand_out.hand_out(here.leader, await _code(placed))
    await _later(placed, timedelta(minutes=11))

    assert (first.status, first.collected_at) == ("arrived", None)
    with pytest.raises(TooLateToUndo):
        await hand_out.take_back(here.leader, placed.order_id)
    with pytest.raises(NotFound):
        await hand_out.take_back((await points.point()).leader, placed.order_id)


async def test_what_was_handed_out_counts_as_received_when_it_cannot_be_taken_back(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here)
    async with tenants.transaction():
        await orders.move(placed.order_id, "fulfillment_status", "fulfilled", cause="parcel_shipped")
    await hand_out.hand_out(here.leader, await _code(placed))

    too_early = await hand_out.complete_pickup(placed.order_id)
    await settle_commissions(placed.order_id)
    async with tenants.transaction():
        before = await tenants.connection().fetchval("SELECT status FROM commission_line")
    await _later(placed, timedelta(minutes=11))
    done = [await hand_out.complete_pickup(placed.order_id) for _ in range(2)]
    await settle_commissions(placed.order_id)

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
        after = await tenants.connection().fetchval("SELECT status FROM commission_line")
    assert (too_early, done) == (False, [True, False])
    assert (order.status, order.fulfillment_status) == ("completed", "delivered")
    assert (before, after) == ("accrued", "frozen")
    await check(shop)


async def test_commission_of_what_nobody_picked_up_does_not_become_due(shop: Tenant) -> None:
    placed = await _confirmed(await points.point())
    async with tenants.transaction():
        await orders.move(placed.order_id, "fulfillment_status", "fulfilled", cause="parcel_shipped")
        await orders.move(placed.order_id, "fulfillment_status", "delivered", cause="parcel_delivered")

    await settle_commissions(placed.order_id)

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT status FROM commission_line") == "accrued"


async def test_everybody_is_told_once_when_the_batch_has_come(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here)
    async with tenants.transaction():
        (batch,) = await pickups.batches_of_leader(here.leader)

    told = [await hand_out.note_arrival(here.leader, batch.id) for _ in range(2)]

    async with tenants.transaction():
        (message,) = await engagement.messages_of_order(placed.order_id)
    assert (told, message.kind) == ([1, 0], "pickup_ready")
    assert "Lake Road 8" in engagement.sentence_of(message)
    with pytest.raises(NotFound):
        await hand_out.note_arrival((await points.point()).leader, batch.id)


async def test_who_does_not_come_is_reminded_and_is_then_overdue(shop: Tenant) -> None:
    here = await points.point()
    placed = await _confirmed(here, overdue_days=2)
    async with tenants.transaction():
        (batch,) = await pickups.batches_of_leader(here.leader)
    await hand_out.note_arrival(here.leader, batch.id)

    reminded = [await hand_out.remind_batch(here.leader, batch.id) for _ in range(2)]
    in_time = await hand_out.lapse_pickup(placed.order_id)
    await _later(placed, timedelta(days=3))
    await look_after_pickups()
    lapsed = await hand_out.lapse_pickup(placed.order_id)

    assert (reminded, in_time, lapsed) == ([1, 0], False, True)
    assert (await points.pickup_of(placed)).status == "overdue"
    async with tenants.transaction():
        kinds = [message.kind for message in await engagement.messages_of_order(placed.order_id)]
        asked = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'pickups.lapse'")
    assert kinds == ["pickup_ready", "pickup_reminder", "pickup_overdue"]
    assert asked == 1
    assert (await hand_out.hand_out(here.leader, await _code(placed)))[1]


async def test_the_point_of_a_suspended_leader_takes_no_orders(shop: Tenant) -> None:
    leader = await earning.promoter()
    here = await points.point(leader)
    buy = await points.community()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE promoter SET status = 'suspended'")
        assert await pickups.open_points() == []
    with pytest.raises(pickups.NoPoint):
        await points.order_at(buy, here)
