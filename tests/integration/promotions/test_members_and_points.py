"""Levels follow from what was paid; points are earned, spent, returned and taken back to the point."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import orders, promotions
from app.flows.cancel_order import cancel_order
from app.flows.choose_savings import use_points
from app.flows.place_order import PriceChanged, place_order
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check


async def _order(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def _points(customer: UUID) -> tuple[int, int]:
    async with tenants.transaction():
        points = await promotions.points_of(customer)
    return points.balance, points.owed


async def _level(customer: UUID) -> str | None:
    async with tenants.transaction():
        level = (await promotions.membership_of(customer)).level
    return level.name if level else None


async def _pretend_paid(order_id: UUID, *, days_ago: int = 1, refunded: int = 0) -> None:
    """As far as levels care: so much was paid, and so much went back."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE orders SET paid_amount = total_amount, paid_at = $2, refunded_amount = $3 WHERE id = $1",
            order_id, now() - timedelta(days=days_ago), refunded,
        )  # fmt: skip


async def test_a_member_pays_the_price_of_the_level_the_orders_reached(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.level("Silver", threshold=1, bps=500)
    await promoting.level("Gold", threshold=100_000, bps=1000)
    first = await promoting.order_with(await selling.offer(price=100_000), customer_id=ya)
    await _pretend_paid(first.order_id)

    placed = await promoting.order_with(await selling.offer(price=4399), customer_id=ya, quantity=2)

    order = await _order(placed.order_id)
    assert (order.goods_amount, order.discount_amount) == (8798, 2 * 439)
    assert await _level(ya) == "Gold"


async def test_a_refund_and_a_year_that_passed_lower_the_level(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.level("Silver", threshold=1)
    await promoting.level("Gold", threshold=4390)
    placed = await promoting.order_with(await selling.offer(price=4390), customer_id=ya)

    levels = []
    for facts in ({"refunded": 0}, {"refunded": 1}, {"days_ago": 366}):
        await _pretend_paid(placed.order_id, **facts)
        levels.append(await _level(ya))

    assert levels == ["Gold", "Silver", None]


async def test_a_level_given_by_hand_holds_until_its_end(shop: Tenant) -> None:
    ya, gold = await promoting.customer(), await promoting.level(threshold=10**6, bps=2000)
    peaches = await selling.offer(price=1000)

    async with tenants.transaction():
        await promotions.grant_level(ya, gold.id, until=now() + timedelta(days=1), by="Owner")
    during = await promoting.order_with(peaches, customer_id=ya)
    async with tenants.transaction():
        await promotions.grant_level(ya, gold.id, until=now() - timedelta(seconds=1), by="Owner")
    after = await promoting.order_with(peaches, customer_id=ya)

    assert [(await _order(placed.order_id)).discount_amount for placed in (during, after)] == [200, 0]


async def test_a_level_without_a_name_or_with_anothers_is_refused(shop: Tenant) -> None:
    await promoting.level("Gold")

    for name in ("", "Gold"):
        with pytest.raises(InvalidInput):
            await promoting.level(name)


async def test_points_pay_up_to_their_share_and_no_more(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(spend=100, share=5000)
    await promoting.give_points(ya, 10_000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=4000))
    await use_points(visitor, True)

    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya, seen_total=2000))

    assert (await _order(placed.order_id)).discount_amount == 2000
    assert await _points(ya) == (8_000, 0)
    await check(shop)


async def test_the_same_points_are_not_spent_twice(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(share=10_000)
    await promoting.give_points(ya, 1_000)
    peaches = await selling.offer(price=4000, stock=20)
    carts = [await selling.fill_cart(peaches) for _ in range(10)]
    for visitor, _cart in carts:
        await use_points(visitor, True)

    await asyncio.gather(
        *(place_order(cart, visitor, selling.checkout(customer_id=ya)) for visitor, cart in carts),
        return_exceptions=True,
    )

    assert await _points(ya) == (0, 0)
    await check(shop)


async def test_points_spent_elsewhere_meanwhile_change_the_price_that_was_seen(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(share=10_000)
    await promoting.give_points(ya, 1_000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=4000))
    await use_points(visitor, True)
    await promoting.give_points(ya, -400)

    with pytest.raises(PriceChanged):
        await place_order(cart, visitor, selling.checkout(customer_id=ya, seen_total=3000))


async def test_points_come_back_when_the_order_is_called_off(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(share=10_000)
    await promoting.give_points(ya, 1_000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=4000))
    await use_points(visitor, True)
    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya))

    await cancel_order(placed.order_id, actor="shopper")

    assert await _points(ya) == (1_000, 0)
    await check(shop)


async def _earn(placed: UUID, *, refunded: int = 0, paid: int = 1) -> None:
    async with tenants.transaction():
        await promotions.earn(placed, refunded=refunded, paid=paid)


async def test_a_completed_order_earns_once_on_what_its_goods_cost(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(earn=2)
    await promoting.coupon(amount=391)
    placed = await promoting.order_with(code="PEACH", customer_id=ya)

    await _earn(placed.order_id)
    await _earn(placed.order_id)

    assert await _points(ya) == (79, 0)
    await check(shop)


async def test_a_guest_earns_nothing(shop: Tenant) -> None:
    await promoting.points_rule()
    placed = await selling.order()

    await _earn(placed.order_id)

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM points_entry") == 0
    await check(shop)


async def test_refunds_take_back_what_was_earned_and_return_what_was_spent(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(earn=1, spend=100, share=5000)
    await promoting.give_points(ya, 2_000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=4000))
    await use_points(visitor, True)
    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya))
    await _earn(placed.order_id, paid=2000)
    assert await _points(ya) == (20, 0)

    for refunded, expected in ((999, (999 + 10, 0)), (999, (999 + 10, 0)), (2000, (2_000, 0))):
        async with tenants.transaction():
            await promotions.give_back(placed.order_id, refunded=refunded, paid=2000)
        assert await _points(ya) == expected
    await check(shop)


async def test_points_that_are_gone_are_owed_and_paid_by_the_next_ones(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(earn=1)
    placed = await promoting.order_with(await selling.offer(price=10_000), customer_id=ya)
    await _earn(placed.order_id, paid=10_000)
    await promoting.give_points(ya, -70)

    async with tenants.transaction():
        await promotions.give_back(placed.order_id, refunded=10_000, paid=10_000)
    owed = await _points(ya)
    await promoting.give_points(ya, 100)

    assert (owed, await _points(ya)) == ((0, 70), (30, 0))
    await check(shop)


async def test_orders_keep_their_cents_after_every_rule_changed(shop: Tenant) -> None:
    """List price, member, coupon of each kind, points and freight, mixed."""
    ya = await promoting.customer()
    gold = await promoting.level(bps=730)
    await promoting.points_rule(spend=77, share=3333)
    await promoting.give_points(ya, 5_000)
    kinds = ({"amount": 777}, {"kind": "percent", "bps": 1234, "cap_amount": 901},
             {"kind": "threshold", "amount": 555, "from_amount": 1000})  # fmt: skip
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1001")
    shelf = [await selling.offer(price=price) for price in (3333, 1, 9999)]
    placed = [await promoting.order_with(*shelf), await promoting.order_with(*shelf, customer_id=ya)]
    for number, facts in enumerate(kinds):
        await promoting.coupon(code=f"C{number}", **facts)  # type: ignore[arg-type] # facts of a coupon
        visitor, _cart = await selling.fill_cart(*shelf, quantity=3)
        await use_points(visitor, True)
        placed.append(await promoting.order_with(*shelf, code=f"C{number}", customer_id=ya))

    async with tenants.transaction():
        await promotions.remove_level(gold.id)
        await tenants.connection().execute("UPDATE coupon SET amount = 1, bps = 1, status = 'ended'")
        await tenants.connection().execute("UPDATE variant SET price_amount = 5")
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 3")
    await promoting.points_rule(spend=1)

    for each in placed:
        async with tenants.transaction():
            lines, again = await orders.lines_of(each.order_id), await orders.recompute(each.order_id)
        assert [line.price_breakdown for line in lines] == [priced.breakdown for priced in again.lines]
    await check(shop)


async def test_another_shop_has_no_points_of_anybody(shop: Tenant, other_shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.give_points(ya, 10)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await promotions.points_of(ya) == promotions.Points()
            assert await promotions.points_of(new_id()) == promotions.Points()
