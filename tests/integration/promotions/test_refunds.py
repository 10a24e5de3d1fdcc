"""What comes back in money is what was paid; coupon and points follow the money."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import orders, payments, promotions
from app.flows.choose_savings import use_points
from app.flows.place_order import Placed, place_order
from app.flows.request_refund import request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.payments import RefundLine
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check


async def _pay(placed: Placed) -> None:
    await settle_payment(selling.notice(selling.captured(await selling.open_payment(placed.order_id))), body="{}")


async def _settle(refund: payments.Refund) -> None:
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))


async def _lines(placed: Placed) -> list[orders.Line]:
    async with tenants.transaction():
        return await orders.lines_of(placed.order_id)


async def _balance(customer: UUID) -> int:
    async with tenants.transaction():
        return (await promotions.points_of(customer)).balance


async def test_refunded_units_pay_out_what_was_paid_for_them_and_the_last_one_frees_the_coupon(shop: Tenant) -> None:
    coupon = await promoting.coupon(amount=1000, issue_total=1)
    pears, plums = await selling.offer(title="Pears", price=3333), await selling.offer(title="Plums", price=6667)
    placed = await promoting.order_with(pears, plums, code="PEACH", quantity=2)
    await _pay(placed)
    first, second = await _lines(placed)

    back = []
    for wish in (RefundLine(first.id, 1), RefundLine(second.id, 2), RefundLine(first.id, 1)):
        (refund,) = await request_refund(placed.order_id, lines=[wish], reason="bruised")
        await _settle(refund)
        back.append((refund.amount, (await promoting.current(coupon)).used_count))

    assert (first.discount_amount, second.discount_amount) == (333, 667)
    assert back == [(3166, 1), (12_667, 1), (3167, 0)]
    await check(shop)


async def test_a_whole_refund_frees_the_coupon_for_the_same_person(shop: Tenant) -> None:
    await promoting.coupon(per_customer_limit=1)
    placed = await promoting.order_with(code="PEACH")
    await _pay(placed)
    with pytest.raises(promotions.CouponUsedBefore):
        await promoting.order_with(code="PEACH")

    (refund,) = await request_refund(placed.order_id, reason="changed_mind")
    await _settle(refund)

    await promoting.order_with(code="PEACH")
    await check(shop)


async def test_points_come_back_with_the_money_of_a_paid_order(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(earn=0, spend=100, share=5000)
    await promoting.give_points(ya, 1_000)
    visitor, cart = await selling.fill_cart(await selling.offer(price=1500), quantity=2)
    await use_points(visitor, True)
    placed = await place_order(cart, visitor, selling.checkout(customer_id=ya))
    await _pay(placed)
    (line,) = await _lines(placed)

    seen = [await _balance(ya)]
    for _ in range(2):
        (refund,) = await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="bruised")
        await _settle(refund)
        seen.append(await _balance(ya))

    assert seen == [0, 500, 1_000]
    await check(shop)
