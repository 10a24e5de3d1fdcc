"""Points expire by the store's rule, once; what refunds return and take back fits to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

import tenants
from app import promotions
from app.flows.adjust_points import adjust_points
from app.flows.choose_savings import use_points
from app.flows.expire_points import expire_points
from app.flows.place_order import place_order
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check
from workers import timetable


async def _points(customer: UUID) -> tuple[int, int]:
    async with tenants.transaction():
        points = await promotions.points_of(customer)
    return points.balance, points.owed


async def _expires(months: int = 12, *, earn: int = 1) -> None:
    """Points are good for so many months; the rule is old."""
    async with tenants.transaction():
        await promotions.change_points_rule(
            promotions.PointsRule(earn, 100, 5_000, expiry="after", good_for_months=months)
        )
        await tenants.connection().execute("UPDATE points_rule SET expiry_since = now() - interval '10 years'")


async def _came(customer: UUID, points: int, *, days_ago: int, order_id: UUID | None = None) -> None:
    async with tenants.transaction():
        await promotions.move_points(
            customer, "earn" if order_id else "adjust", points, order_id or new_id(), order_id=order_id,
            at=now() - timedelta(days=days_ago),
        )  # fmt: skip


async def _order(customer: UUID, *, price: int = 1000, points: bool = False) -> UUID:
    visitor, cart = await selling.fill_cart(await selling.offer(price=price))
    if points:
        await use_points(visitor, True)
    return (await place_order(cart, visitor, selling.checkout(customer_id=customer))).order_id


async def _refund(order_id: UUID, refunded: int, paid: int) -> None:
    async with tenants.transaction():
        await promotions.give_back(order_id, refunded=refunded, paid=paid)


async def test_points_past_their_day_go_and_younger_ones_stay(shop: Tenant) -> None:
    ya = await promoting.customer()
    await _expires(12)
    await _came(ya, 30, days_ago=400)
    await _came(ya, 20, days_ago=100)

    gone = [await expire_points(now().date()), await expire_points(now().date())]

    assert (gone, await _points(ya)) == ([30, 0], (20, 0))
    await check(shop)


async def test_nothing_expires_in_a_store_that_did_not_turn_it_on(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule()
    await _came(ya, 30, days_ago=4000)

    assert await expire_points(now().date()) == 0


async def test_turning_it_on_expires_nothing_that_day(shop: Tenant) -> None:
    ya = await promoting.customer()
    await _came(ya, 30, days_ago=4000)
    async with tenants.transaction():
        await promotions.change_points_rule(promotions.PointsRule(expiry="after", good_for_months=1))

    assert await expire_points(now().date()) == 0
    async with tenants.transaction():
        soon = promotions.ending_soon(await promotions.lots_of(ya), now() + timedelta(days=3))
    assert [points for _end, points in soon] == [30]


async def test_spent_points_of_a_refunded_order_come_back_for_thirty_days_though_they_are_over(shop: Tenant) -> None:
    ya = await promoting.customer()
    await _expires(12)
    await _came(ya, 500, days_ago=400)
    order_id = await _order(ya, points=True)

    await _refund(order_id, 500, 500)
    gone = await expire_points(now().date())

    assert (gone, await _points(ya)) == (0, (500, 0))
    async with tenants.transaction():
        (lot,) = await promotions.lots_of(ya)
    assert timedelta(days=29) < lot.good_until - now() <= timedelta(days=30)
    await check(shop)


async def test_expired_points_of_a_refunded_order_are_not_taken_back_again(shop: Tenant) -> None:
    ya = await promoting.customer()
    await _expires(12)
    order_id = await _order(ya)
    await _came(ya, 100, days_ago=400, order_id=order_id)
    await expire_points(now().date())

    await _refund(order_id, 1000, 1000)

    assert await _points(ya) == (0, 0)
    await check(shop)


async def test_what_was_spent_of_them_before_is_taken_back(shop: Tenant) -> None:
    ya = await promoting.customer()
    await _expires(12)
    earned_by = await _order(ya)
    await _came(ya, 100, days_ago=400, order_id=earned_by)
    await _order(ya, price=80, points=True)
    await expire_points(now().date())

    for refunded in (500, 1000):
        await _refund(earned_by, refunded, 1000)

    assert await _points(ya) == (0, 40)
    await check(shop)


async def test_the_night_asks_once_a_day_and_only_where_points_expire(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "now", lambda: datetime(2027, 3, 1, 21, tzinfo=UTC))  # five in the morning there
    await timetable.expire_points()
    quiet = await selling.jobs("promotions.expire_points")
    await _expires()
    await timetable.expire_points()
    asked = await selling.jobs("promotions.expire_points")
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM outbox")
    await expire_points(datetime(2027, 3, 2, tzinfo=UTC).date())
    await timetable.expire_points()

    assert (quiet, asked, await selling.jobs("promotions.expire_points")) == (0, 1, 0)


SU = Viewer("merchant", new_id(), "Su He", "su@example.test", "owner", None, b"", "")


async def test_points_set_right_by_hand_move_once_and_leave_their_reason(shop: Tenant) -> None:
    ya, key = await promoting.customer(), new_id()

    moved = [await adjust_points(ya, 50, reason="a bruised box", key=key, by=SU) for _ in range(2)]

    async with tenants.transaction():
        (entry,) = (await promotions.entries_of(ya)).items
    assert (moved, await _points(ya)) == ([True, False], (50, 0))
    assert (entry.note, entry.moved_by) == ("a bruised box", "Su He")


async def test_a_person_takes_away_no_more_than_there_is(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.give_points(ya, 30)

    await adjust_points(ya, -500, reason="a mistake", key=new_id(), by=SU)
    with pytest.raises(InvalidInput):
        await adjust_points(ya, -1, reason="again", key=new_id(), by=SU)

    assert await _points(ya) == (0, 0)
    await check(shop)


async def test_points_without_a_reason_are_not_moved(shop: Tenant) -> None:
    ya = await promoting.customer()

    with pytest.raises(InvalidInput):
        await adjust_points(ya, 5, reason=" ", key=new_id(), by=SU)

    assert await _points(ya) == (0, 0)


async def test_levels_look_back_as_many_days_as_the_store_says(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.level("Gold", threshold=1000)
    order_id = await _order(ya)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET paid_amount = total_amount, paid_at = now() - interval '40 days' WHERE id = $1", order_id
        )
    levels = []

    for days in (60, 30):
        async with tenants.transaction():
            await promotions.change_level_days(days)
            levels.append((await promotions.membership_of(ya)).level)

    assert [level.name if level else None for level in levels] == ["Gold", None]
