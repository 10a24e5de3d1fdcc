"""Carts become orders: once, for the price that was seen, and only while there is stock."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import orders
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.place_order import EmptyCart, NotForSale, PriceChanged, place_order
from app.inventory import NotEnoughStock
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _set_freight(amount: int, free_from: int | None = None) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE store_profile SET freight_amount = $1, free_freight_from_amount = $2", amount, free_from
        )


async def test_an_order_keeps_the_price_and_title_it_was_bought_for(shop: Tenant) -> None:
    peaches = await selling.offer(title="Peaches", price=4390)
    placed = await selling.order(peaches, quantity=2)

    async with tenants.transaction():
        await tenants.connection().execute("UPDATE product SET title = 'Plums'")
        await tenants.connection().execute("UPDATE variant SET price_amount = 1")
        order, (line,) = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)

    assert (line.title, line.unit_amount, order.total_amount) == ("Peaches", 4390, 8780)
    assert order.awaits_payment
    await check(shop)


async def test_freight_is_spread_over_the_lines_to_the_last_cent(shop: Tenant) -> None:
    await _set_freight(1000)

    placed = await selling.order(*[await selling.offer(price=price) for price in (3333, 3333, 3334)])

    async with tenants.transaction():
        order, lines = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)
    assert order.freight_amount == 1000 == sum(line.freight_amount for line in lines)
    await check(shop)


async def test_enough_goods_are_delivered_for_nothing(shop: Tenant) -> None:
    await _set_freight(1000, free_from=4390)

    placed = await selling.order()

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).freight_amount == 0


async def test_the_same_cart_placed_twice_is_one_order(shop: Tenant) -> None:
    peaches = await selling.offer()
    visitor, cart = await selling.fill_cart(peaches)

    answers = await asyncio.gather(*(place_order(cart, visitor, selling.checkout()) for _try in range(5)))

    assert len({answer.order_id for answer in answers}) == 1
    assert len({answer.key for answer in answers}) == 1
    assert (await selling.stock_of(peaches))["reserved"] == 1
    await check(shop)


async def test_numbers_count_up_and_a_refused_order_uses_none(shop: Tenant) -> None:
    scarce = await selling.offer(stock=1)
    first = await selling.order(scarce)
    visitor, cart = await selling.fill_cart(await selling.offer())
    async with tenants.transaction():
        await orders.add_line(visitor, scarce.variant, 1)

    with pytest.raises(NotEnoughStock):
        await place_order(cart, visitor, selling.checkout())
    second = await selling.order()

    assert (first.number, second.number) == ("T1000001", "T1000002")


async def test_a_price_that_changed_since_it_was_shown_is_shown_again(shop: Tenant) -> None:
    peaches = await selling.offer(price=4390)
    visitor, cart = await selling.fill_cart(peaches)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE variant SET price_amount = 4590")

    with pytest.raises(PriceChanged) as refusal:
        await place_order(cart, visitor, selling.checkout(seen_total=4390))

    assert refusal.value.details["amount"] == 4590
    assert (await selling.stock_of(peaches))["reserved"] == 0


async def test_what_left_the_shelf_cannot_be_ordered(shop: Tenant) -> None:
    visitor, cart = await selling.fill_cart(await selling.offer())
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE product SET status = 'archived'")

    with pytest.raises(NotForSale):
        await place_order(cart, visitor, selling.checkout())


async def test_an_empty_cart_is_refused(shop: Tenant) -> None:
    peaches = await selling.offer()
    visitor, cart = await selling.fill_cart(peaches)
    async with tenants.transaction():
        assert await orders.remove_line(visitor, peaches.variant) == 1

    with pytest.raises(EmptyCart):
        await place_order(cart, visitor, selling.checkout())


async def test_nobody_places_another_visitors_cart(shop: Tenant) -> None:
    _visitor, cart = await selling.fill_cart(await selling.offer())

    with pytest.raises(NotFound):
        await place_order(cart, new_id(), selling.checkout())


async def test_signing_in_brings_the_cart_of_the_other_phone(shop: Tenant) -> None:
    peaches, rice = await selling.offer(), await selling.offer(title="Rice")
    customer, phone, laptop = new_id(), new_id(), new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO customer (id, locale, created_at) VALUES ($1, 'en', now())", customer
        )
        await orders.add_line(phone, peaches.variant, 2, customer_id=customer)
        await orders.add_line(laptop, rice.variant, 1)

        await orders.customer_came(laptop, customer)

        assert await orders.cart_count(laptop) == 3
        assert await orders.cart_count(phone) == 0


async def test_an_illegal_move_is_refused_and_leaves_no_trace(shop: Tenant) -> None:
    placed = await selling.order()

    async with tenants.transaction():
        with pytest.raises(orders.IllegalMove):
            await orders.move(placed.order_id, "payment_status", "refunded", cause="test")
        assert [event.to_status for event in await orders.events_of(placed.order_id)] == ["placed"]


async def test_calling_an_order_off_gives_the_stock_back(shop: Tenant) -> None:
    peaches = await selling.offer(stock=1)
    placed = await selling.order(peaches)

    await cancel_order(placed.order_id, actor="shopper")

    assert await selling.stock_of(peaches) == {"on_hand": 1, "reserved": 0, "allocated": 0}
    with pytest.raises(TooLateToCancel):
        await cancel_order(placed.order_id, actor="shopper")
    await check(shop)


async def test_calling_a_paid_order_off_owes_the_money_back(shop: Tenant) -> None:
    placed = await selling.paid_order()

    await cancel_order(placed.order_id, actor="shopper")

    assert await selling.jobs("payments.refund") == 1
    await check(shop)


async def test_another_shop_sees_no_order(shop: Tenant, other_shop: Tenant) -> None:
    placed = await selling.order()

    with tenants.bind(other_shop):
        async with tenants.transaction():
            with pytest.raises(NotFound):
                await orders.find_by_number(placed.number)
