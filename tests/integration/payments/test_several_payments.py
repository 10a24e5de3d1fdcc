"""An order paid by several payments: whole when all of it is there, and given back whole when it never is."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import ledger, orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import Placed
from app.flows.request_refund import NothingToRefund, request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _order(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)


async def _ask(placed: Placed, amount: int) -> payments.Payment:
    async with tenants.transaction():
        order = await orders.lock(placed.order_id)
        return await payments.open_payment(
            order.id, order.number, provider="sandbox", amount=amount, currency=order.currency
        )


async def _pay(placed: Placed, amount: int) -> str:
    return await settle_payment(selling.captured(await _ask(placed, amount)))


async def _settle_all(placed: Placed) -> list[payments.Refund]:
    async with tenants.transaction():
        refunds = await payments.refunds_of(placed.order_id)
    for refund in refunds:
        await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    return refunds


async def _balances() -> dict[str, int]:
    async with tenants.transaction():
        return {balance.kind: balance.amount for balance in await ledger.balances()}


async def test_an_order_is_paid_when_all_of_it_is_there(shop: Tenant) -> None:
    peaches = await selling.offer(price=1000)
    placed = await selling.order(peaches)

    first = await _pay(placed, 300)
    between, due, waits = await _balances(), (await _order(placed)).due_amount, await selling.jobs("fulfillment.plan")
    second = await _pay(placed, 700)

    assert (first, due, waits) == ("partially_paid", 700, 0)
    assert between == {"psp_clearing": 300, "customer_prepaid": -300}
    assert second == "paid"
    assert await _balances() == {"psp_clearing": 1000, "customer_prepaid": 0, "merchant_sales": -1000}
    assert (await selling.stock_of(peaches))["allocated"] == 1
    assert await selling.jobs("fulfillment.plan") == 1
    await check(shop)


async def test_more_than_is_due_goes_back_and_the_order_waits_for_the_rest(shop: Tenant) -> None:
    placed = await selling.order(await selling.offer(price=1000))
    part, whole = await _ask(placed, 300), await _ask(placed, 1000)

    outcomes = [await settle_payment(selling.captured(payment)) for payment in (part, whole)]

    assert outcomes == ["partially_paid", "late"]
    assert (await _order(placed)).due_amount == 700
    await check(shop)


async def test_parts_that_arrive_at_once_are_all_counted(shop: Tenant) -> None:
    placed = await selling.order(await selling.offer(price=1000))
    tries = [await _ask(placed, 250) for _part in range(4)]

    outcomes = await asyncio.gather(*(settle_payment(selling.captured(payment)) for payment in tries))

    assert sorted(outcomes) == ["paid", "partially_paid", "partially_paid", "partially_paid"]
    await check(shop)


@pytest.mark.parametrize("ending", ["canceled", "expired"])
async def test_parts_of_an_order_that_is_never_paid_go_back(shop: Tenant, ending: str) -> None:
    peaches = await selling.offer(price=1000)
    placed = await selling.order(peaches)
    await _pay(placed, 300)
    await _pay(placed, 200)
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).expires_at
    if ending == "canceled":
        await cancel_order(placed.order_id, actor="shopper")
    else:
        await selling.run_out_of_time(placed.order_id)
        await expire_reservation(placed.order_id, None)
    await check(shop)

    refunds = await _settle_all(placed)

    order = await _order(placed)
    assert [refund.amount for refund in refunds] == [300, 200]
    assert (order.status, order.payment_status, order.refunded_amount) == (ending, "voided", 500)
    assert set((await _balances()).values()) == {0}
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    assert await selling.jobs("attribution.reverse") == 0
    await check(shop)


async def test_an_order_paid_in_part_has_nothing_to_give_back_yet(shop: Tenant) -> None:
    placed = await selling.order(await selling.offer(price=1000))
    await _pay(placed, 300)

    with pytest.raises(NothingToRefund):
        await request_refund(placed.order_id, amount=100, reason="test")


async def test_a_refund_is_taken_from_one_payment_after_the_other(shop: Tenant) -> None:
    placed = await selling.order(await selling.offer(price=1000))
    await _pay(placed, 300)
    await _pay(placed, 700)

    first = await request_refund(placed.order_id, amount=400, reason="bruised")
    rest = await request_refund(placed.order_id, amount=None, reason="bruised")

    assert [refund.amount for refund in (*first, *rest)] == [300, 100, 600]
    await _settle_all(placed)
    assert (await _order(placed)).payment_status == "refunded"
    await check(shop)


async def test_open_payments_of_a_canceled_order_are_closed_at_the_provider(shop: Tenant) -> None:
    placed = await selling.order()
    await selling.open_payment(placed.order_id)

    await cancel_order(placed.order_id, actor="shopper")

    assert await selling.jobs("payments.close_at_provider") == 1
