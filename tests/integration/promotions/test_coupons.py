"""Coupons take off what they promise, as often as they may, and come back when the order comes to nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import orders, promotions
from app.flows.cancel_order import cancel_order
from app.flows.choose_savings import use_code, use_coupon
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import PriceChanged, place_order
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.ids import new_id
from app.promotions import CouponUsedBefore, CouponUsedUp
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check


async def _order(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def test_a_code_typed_in_any_way_takes_its_amount_off(shop: Tenant) -> None:
    await promoting.coupon(amount=500)

    placed = await promoting.order_with(code=" ｐｅａ ch ")

    order = await _order(placed.order_id)
    assert (order.goods_amount, order.discount_amount, order.total_amount) == (4390, 500, 3890)
    await check(shop)


async def test_a_coupon_for_two_collections_is_spread_over_their_goods_only(shop: Tenant) -> None:
    fruit, other = await selling.offer(price=3000), await selling.offer(title="Bowl", price=9000)
    shelf = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO collection (id, handle, title, created_at) VALUES ($1, 'fruit', 'Fruit', now())", shelf
        )
        await tenants.connection().execute(
            "INSERT INTO collection_product (id, collection, product) VALUES ($1, $2, $3)",
            new_id(),
            shelf,
            fruit.product,
        )
    await promoting.coupon(kind="percent", bps=5000, scope="collections", targets=(shelf, new_id()))

    placed = await promoting.order_with(fruit, other, code="peach")

    async with tenants.transaction():
        lines = await orders.lines_of(placed.order_id)
    assert [line.price_breakdown.get("coupon", 0) for line in lines] == [-1500, 0]
    await check(shop)


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("unknown_coupon", {"started": False}),
    ("coupon_not_yet", {"starts_at": now() + timedelta(days=1)}),
    ("coupon_expired", {"starts_at": now() - timedelta(days=2), "ends_at": now() - timedelta(days=1)}),
    ("coupon_not_for_these", {"scope": "products", "targets": (new_id(),)}),
    ("coupon_needs_more", {"kind": "threshold", "from_amount": 4391}),
]


@pytest.mark.parametrize(("reason", "facts"), REFUSED, ids=[reason for reason, _facts in REFUSED])
async def test_a_coupon_that_does_not_count_says_why_and_leaves_the_cart(
    shop: Tenant, reason: str, facts: dict[str, Any]
) -> None:
    await promoting.coupon(**facts)
    visitor, cart = await selling.fill_cart(await selling.offer(price=4390))

    with pytest.raises(Refusal) as refused:
        await use_code(visitor, "PEACH", None)

    assert refused.value.code == f"promotions.{reason}"
    await place_order(cart, visitor, selling.checkout(seen_total=4390))


async def test_what_is_missing_to_a_threshold_is_named(shop: Tenant) -> None:
    await promoting.coupon(kind="threshold", amount=1000, from_amount=5620)
    visitor, _cart = await selling.fill_cart(await selling.offer(price=4390))

    with pytest.raises(Refusal) as refused:
        await use_code(visitor, "PEACH", None)

    assert refused.value.details["missing"] == "¥12.30"


async def _in_parallel(count: int, act: Callable[[int], Coroutine[Any, Any, object]]) -> list[str]:
    outcomes = await asyncio.gather(*(act(number) for number in range(count)), return_exceptions=True)
    return [type(one).__name__ for one in outcomes]


async def test_a_hundred_orders_at_once_use_a_coupon_exactly_as_often_as_there_are(shop: Tenant) -> None:
    coupon, peaches = await promoting.coupon(issue_total=7), await selling.offer(stock=500)
    carts = [await selling.fill_cart(peaches) for _ in range(100)]
    for visitor, _cart in carts:
        await use_code(visitor, "PEACH", None)

    async def place(number: int) -> None:
        visitor, cart = carts[number]
        await place_order(cart, visitor, selling.checkout(email=f"{number}@example.test", phone=f"138{number:08}"))

    outcomes = await _in_parallel(100, place)

    assert (outcomes.count("NoneType"), outcomes.count("CouponUsedUp")) == (7, 93)
    after = await promoting.current(coupon)
    assert (after.issued_count, after.used_count) == (7, 7)
    await check(shop)


@pytest.mark.parametrize("limit", [1, 3])
async def test_one_person_at_once_on_many_phones_uses_a_coupon_as_often_as_allowed(shop: Tenant, limit: int) -> None:
    await promoting.coupon(per_customer_limit=limit)
    peaches = await selling.offer(stock=100)
    carts = [await selling.fill_cart(peaches) for _ in range(12)]
    for visitor, _cart in carts:
        await use_code(visitor, "PEACH", None)

    async def place(number: int) -> None:
        visitor, cart = carts[number]
        await place_order(cart, visitor, selling.checkout(email="ya@example.test", phone=""))

    outcomes = await _in_parallel(12, place)

    assert (outcomes.count("NoneType"), outcomes.count("CouponUsedBefore")) == (limit, 12 - limit)
    await check(shop)


async def test_a_guest_is_known_again_by_phone_or_by_e_mail(shop: Tenant) -> None:
    await promoting.coupon(per_customer_limit=1)
    await promoting.order_with(code="PEACH", email="ya@example.test", phone="138 0000 0000")

    with pytest.raises(CouponUsedBefore):
        await promoting.order_with(code="PEACH", email="other@example.test", phone="13800000000")
    with pytest.raises(CouponUsedBefore):
        await promoting.order_with(code="PEACH", email="YA@example.test", phone="13900000000")
    await check(shop)


async def test_a_coupon_comes_back_when_the_time_to_pay_is_over(shop: Tenant) -> None:
    coupon = await promoting.coupon(issue_total=1, per_customer_limit=1)
    placed = await promoting.order_with(code="PEACH")
    with pytest.raises(CouponUsedUp):
        await promoting.order_with(code="PEACH")

    await selling.run_out_of_time(placed.order_id)
    await expire_reservation(placed.order_id, None)

    assert (await promoting.current(coupon)).used_count == 0
    await promoting.order_with(code="PEACH")
    await check(shop)


async def test_a_coupon_comes_back_when_the_order_is_called_off(shop: Tenant) -> None:
    coupon = await promoting.coupon(issue_total=1)
    placed = await promoting.order_with(code="PEACH")

    await cancel_order(placed.order_id, actor="shopper")

    assert (await promoting.current(coupon)).issued_count == 0
    await check(shop)


@pytest.mark.parametrize(("refunded", "used"), [(3889, 1), (3890, 0)])
async def test_a_coupon_comes_back_only_when_everything_was_refunded(shop: Tenant, refunded: int, used: int) -> None:
    coupon = await promoting.coupon()
    placed = await promoting.order_with(code="PEACH")

    async with tenants.transaction():
        await promotions.give_back(placed.order_id, refunded=refunded, paid=3890)
        await promotions.give_back(placed.order_id, refunded=refunded, paid=3890)

    assert (await promoting.current(coupon)).used_count == used


async def test_a_claimed_coupon_is_used_once_and_ends_by_its_own_days(shop: Tenant) -> None:
    ya = await promoting.customer()
    coupon = await promoting.coupon(code="", claimable=True, valid_days=3, issue_total=1)
    async with tenants.transaction():
        await promotions.claim(coupon.id, ya)
    visitor, cart = await selling.fill_cart(await selling.offer())

    await use_coupon(visitor, coupon.id, ya)
    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya))

    assert (await _order(placed.order_id)).discount_amount == 500
    async with tenants.transaction():
        assert await promotions.in_account(ya) == []
    await check(shop)


async def test_the_claim_is_open_again_after_the_order_is_called_off(shop: Tenant) -> None:
    ya = await promoting.customer()
    coupon = await promoting.coupon(claimable=True, issue_total=1, per_customer_limit=1)
    async with tenants.transaction():
        await promotions.claim(coupon.id, ya)
    placed = await promoting.order_with(code="PEACH", customer_id=ya)

    await cancel_order(placed.order_id, actor="shopper")

    async with tenants.transaction():
        assert [mine.id for mine, _claim in await promotions.in_account(ya)] == [coupon.id]
    await check(shop)


async def test_the_last_coupon_is_claimed_by_one_customer_and_by_each_once(shop: Tenant) -> None:
    coupon = await promoting.coupon(claimable=True, issue_total=1)
    people = [await promoting.customer() for _ in range(5)]

    async def claim(number: int) -> None:
        async with tenants.transaction():
            await promotions.claim(coupon.id, people[number])

    outcomes = await _in_parallel(5, claim)

    assert (outcomes.count("NoneType"), outcomes.count("CouponUsedUp")) == (1, 4)
    again = await _in_parallel(1, lambda _number: claim(outcomes.index("NoneType")))
    assert again == ["CouponClaimed"]
    await check(shop)


async def test_nobody_uses_a_coupon_of_another_account(shop: Tenant) -> None:
    ya, lin = await promoting.customer(), await promoting.customer()
    coupon = await promoting.coupon(code="", claimable=True)
    async with tenants.transaction():
        await promotions.claim(coupon.id, ya)
    visitor, _cart = await selling.fill_cart(await selling.offer())

    with pytest.raises(NotFound):
        await use_coupon(visitor, coupon.id, lin)


async def test_a_coupon_that_ended_meanwhile_is_named_unless_the_sum_without_it_was_seen(shop: Tenant) -> None:
    coupon = await promoting.coupon()
    visitor, cart = await selling.fill_cart(await selling.offer(price=4390))
    await use_code(visitor, "PEACH", None)
    async with tenants.transaction():
        await promotions.stop_coupon(coupon.id)

    with pytest.raises(promotions.CouponRefused):
        await place_order(cart, visitor, selling.checkout(seen_total=3890))
    placed = await place_order(cart, visitor, selling.checkout(seen_total=4390))

    assert (await _order(placed.order_id)).discount_amount == 0
    await check(shop)


async def test_the_sum_that_was_seen_holds_with_a_coupon_too(shop: Tenant) -> None:
    coupon = await promoting.coupon()
    visitor, cart = await selling.fill_cart(await selling.offer(price=4390))
    await use_code(visitor, "PEACH", None)
    async with tenants.transaction():
        draft = promotions.CouponDraft(name="Less", code="PEACH", amount=100)
        await promotions.save_coupon(draft, coupon.id)

    with pytest.raises(PriceChanged):
        await place_order(cart, visitor, selling.checkout(seen_total=3890))
    await check(shop)


async def test_a_coupon_that_cannot_be_is_refused_by_its_fields(shop: Tenant) -> None:
    await promoting.coupon()

    with pytest.raises(InvalidInput) as refused:
        await promoting.coupon(
            name=" ", code="", kind="threshold", amount=0, scope="products", issue_total=0,
            starts_at=now(), ends_at=now() - timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(InvalidInput) as twice:
        await promoting.coupon(code="pe ach")

    assert set(refused.value.fields) == {
        "name", "code", "amount", "from_amount", "targets", "issue_total", "ends_at",
    }  # fmt: skip
    assert set(twice.value.fields) == {"code"}


async def test_usage_tells_what_a_coupon_cost_and_brought(shop: Tenant) -> None:
    coupon = await promoting.coupon()
    await promoting.order_with(code="PEACH", email="a@example.test", phone="1")

    async with tenants.transaction():
        usage = (await promotions.usage_of([coupon.id]))[coupon.id]
        days = await promotions.uses_by_day(coupon.id, since=now() - timedelta(days=1), zone="Asia/Shanghai")

    assert (usage.issued, usage.used, usage.discount_amount, usage.sales_amount) == (1, 1, 500, 0)
    assert list(days.values()) == [1]


async def test_another_shop_knows_no_code(shop: Tenant, other_shop: Tenant) -> None:
    await promoting.coupon()

    with tenants.bind(other_shop):
        async with tenants.transaction():
            with pytest.raises(promotions.UnknownCoupon):
                await promotions.find_by_code("PEACH")
