"""An order that a coupon pays whole: nothing to pay, everything else as always."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders, payments
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.place_order import Placed, place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import NothingToRefund, request_refund
from app.flows.wallet_payments import Wallets
from tenants import Tenant
from tests import builders_promotions as build
from tests import builders_selling as selling
from tests import builders_wallets as wallets
from tests.builders_running import Rehearsal, eventually, rehearsing
from tests.builders_selling import Offer
from tests.invariants import check


async def _free(peaches: Offer, *, quantity: int = 1, customer_id: UUID | None = None, **facts: object) -> Placed:
    """An order whose coupon takes off all of it."""
    await build.coupon(amount=peaches.price * quantity)
    return await build.order_with(peaches, code="PEACH", quantity=quantity, customer_id=customer_id, **facts)


async def _order(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)


@pytest.fixture
async def rehearsal(shop: Tenant, tmp_path: Path) -> AsyncIterator[Rehearsal]:
    async with rehearsing(tmp_path) as found:
        yield found


async def test_an_order_that_costs_nothing_is_paid_without_a_payment(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)

    placed = await _free(peaches, quantity=2)

    order = await _order(placed)
    assert (order.status, order.payment_status, order.total_amount, order.paid_amount) == ("placed", "paid", 0, 0)
    assert order.expires_at is None
    async with tenants.transaction():
        assert await payments.newest_of(order.id) is None
        assert [event.cause for event in await orders.events_of(order.id)] == ["checkout", "nothing_to_pay"]
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 2}
    assert [await selling.jobs(kind) for kind in ("fulfillment.plan", "attribution.finalize")] == [1, 1]
    await check(shop)


async def test_an_order_that_costs_nothing_reaches_the_shopper(shop: Tenant, rehearsal: Rehearsal) -> None:
    peaches = await selling.offer(stock=10)
    placed = await _free(peaches)

    async def completed() -> bool:
        return (await _order(placed)).status == "completed"

    await eventually(completed)
    assert await selling.stock_of(peaches) == {"on_hand": 9, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_calling_it_off_gives_goods_and_coupon_back(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    customer = await build.customer()
    placed = await _free(peaches, customer_id=customer)

    await cancel_order(placed.order_id, actor="shopper")

    order = await _order(placed)
    assert (order.status, order.payment_status, order.fulfillment_status) == ("canceled", "refunded", "canceled")
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    async with tenants.transaction():
        assert await payments.refunds_of(order.id) == []
        assert await tenants.connection().fetchval("SELECT used_count FROM coupon") == 0
    again = await build.order_with(peaches, code="PEACH", customer_id=customer)
    assert (await _order(again)).payment_status == "paid"
    await check(shop)


async def test_points_that_pay_all_of_it_return_when_it_is_called_off(shop: Tenant) -> None:
    await build.points_rule(share=10_000)
    customer, peaches = await build.customer(), await selling.offer(price=4000)
    await build.give_points(customer, 4000)
    visitor, cart = await selling.fill_cart(peaches)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE cart SET use_points = true WHERE id = $1", cart)
    placed = await place_order(cart, visitor, selling.checkout(customer_id=customer))
    assert await _points(customer) == 0
    assert (await _order(placed)).payment_status == "paid"

    await cancel_order(placed.order_id, actor="shopper")

    assert await _points(customer) == 4000
    await check(shop)


async def _points(customer: UUID) -> int:
    async with tenants.transaction():
        balance: int = await tenants.connection().fetchval(
            "SELECT balance FROM points_balance WHERE customer = $1", customer
        )
    return balance


async def test_a_gift_card_is_left_alone_when_there_is_nothing_to_pay(shop: Tenant) -> None:
    card, code = await wallets.card(1000)

    await _free(await selling.offer(), wallets=Wallets((code,)))

    assert await wallets.held(card) == 1000
    await check(shop)


async def test_there_is_no_money_to_refund(shop: Tenant) -> None:
    placed = await _free(await selling.offer())

    with pytest.raises(NothingToRefund):
        await request_refund(placed.order_id, reason="bruised")
    await check(shop)


async def test_it_is_not_called_off_once_the_warehouse_may_have_it(shop: Tenant) -> None:
    placed = await _free(await selling.offer())
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET status = 'submitted' WHERE id = $1", work_order.id
        )

    with pytest.raises(TooLateToCancel):
        await cancel_order(placed.order_id, actor="shopper")
