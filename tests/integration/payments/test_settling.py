"""What the provider tells us, in any order, any number of times, and sometimes wrongly."""

from __future__ import annotations

import asyncio
import random

import pytest

import tenants
from app import ledger, orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.request_refund import NothingToRefund, request_refund, retry_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.kernel.errors import InvalidInput
from infra.payment.port import PaymentState, RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _balances() -> dict[str, int]:
    async with tenants.transaction():
        return {balance.kind: balance.amount for balance in await ledger.balances()}


async def _refunds(order_id: object) -> list[payments.Refund]:
    async with tenants.transaction():
        return await payments.refunds_of(order_id)  # type: ignore[arg-type]


def _state(refund: payments.Refund, status: str) -> RefundState:
    return RefundState(refund.number, "", status, refund.amount, refund.currency)  # type: ignore[arg-type]


async def test_a_payment_pays_the_order_once(shop: Tenant) -> None:
    peaches = await selling.offer(price=4390)
    placed = await selling.order(peaches)
    payment = await selling.open_payment(placed.order_id)
    notices = [selling.notice(selling.captured(payment), event) for event in ("a", "a", "b", "b", "c")]

    outcomes = await asyncio.gather(*(settle_payment(notice) for notice in notices))

    assert sorted(outcomes) == ["nothing_new", "nothing_new", "paid", "seen_before", "seen_before"]
    assert await _balances() == {"merchant_sales": -4390, "psp_clearing": 4390}
    assert (await selling.jobs("fulfillment.plan"), await selling.jobs("attribution.finalize")) == (1, 1)
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 1}
    await check(shop)


async def test_news_in_the_wrong_order_ends_in_the_right_state(shop: Tenant) -> None:
    placed = await selling.order()
    payment = await selling.open_payment(placed.order_id)
    told = [
        PaymentState(payment.number, "r", status, payment.amount, payment.currency)
        for status in ("captured", "failed", "pending", "canceled")
    ]

    for state in random.sample(told, len(told)):
        await settle_payment(selling.notice(state))

    async with tenants.transaction():
        assert (await payments.find(payment.id)).status == "captured"
        assert (await orders.find(placed.order_id)).is_paid
    await check(shop)


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "USD"}])
async def test_a_wrong_amount_moves_nothing_and_waits_for_a_person(shop: Tenant, wrong: dict[str, object]) -> None:
    placed = await selling.order()
    payment = await selling.open_payment(placed.order_id)

    outcome = await settle_payment(selling.notice(selling.captured(payment, **wrong)))  # type: ignore[arg-type]

    async with tenants.transaction():
        status = await tenants.connection().fetchval("SELECT status FROM webhook_event")
        assert (await orders.find(placed.order_id)).awaits_payment
    assert (outcome, status) == ("quarantined", "quarantined")
    await check(shop)


async def test_news_about_a_payment_we_never_asked_for_is_kept_apart(shop: Tenant) -> None:
    unknown = PaymentState("T9999999-1", "r", "captured", 100, "CNY")

    assert await settle_payment(selling.notice(unknown)) == "quarantined"


async def test_money_that_comes_after_the_time_is_over_goes_back_by_itself(shop: Tenant) -> None:
    peaches = await selling.offer(stock=1)
    placed = await selling.order(peaches)
    payment = await selling.open_payment(placed.order_id)
    await selling.run_out_of_time(placed.order_id)
    await expire_reservation(placed.order_id, None)

    outcomes = [await settle_payment(selling.notice(selling.captured(payment))) for _copy in range(3)]
    (refund,) = await _refunds(placed.order_id)
    await settle_refund(_state(refund, "succeeded"))

    assert outcomes == ["late", "nothing_new", "nothing_new"]
    assert (refund.reason, refund.amount) == (payments.LATE_PAYMENT, payment.amount)
    assert await selling.jobs("payments.refund") == 1
    assert set((await _balances()).values()) == {0}
    assert await selling.stock_of(peaches) == {"on_hand": 1, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_paying_and_expiring_at_the_same_moment_ends_legally(shop: Tenant) -> None:
    peaches = await selling.offer(stock=100)
    for _round in range(8):
        placed = await selling.order(peaches)
        payment = await selling.open_payment(placed.order_id)
        await selling.run_out_of_time(placed.order_id)

        await asyncio.gather(
            settle_payment(selling.notice(selling.captured(payment))), expire_reservation(placed.order_id, None)
        )

        await check(shop)


async def test_an_order_paid_twice_gives_the_second_payment_back(shop: Tenant) -> None:
    placed = await selling.order()
    first, second = [await selling.open_payment(placed.order_id) for _try in range(2)]

    outcomes = [await settle_payment(selling.captured(payment)) for payment in (first, second)]

    assert outcomes == ["paid", "late"]
    assert [refund.payment for refund in await _refunds(placed.order_id)] == [second.id]
    await check(shop)


async def test_a_refund_in_parts_follows_the_money(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))

    (part,) = await request_refund(placed.order_id, amount=300, reason="bruised")
    await settle_refund(_state(part, "succeeded"))
    async with tenants.transaction():
        between = (await orders.find(placed.order_id)).payment_status
    (rest,) = await request_refund(placed.order_id, amount=None, reason="bruised")
    outcomes = [await settle_refund(_state(rest, "succeeded")) for _copy in range(2)]

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
    assert (between, order.payment_status, rest.amount) == ("partially_refunded", "refunded", 700)
    assert outcomes == ["refunded", "nothing_new"]
    assert await _balances() == {"merchant_sales": 0, "psp_clearing": 0}
    await check(shop)


async def test_two_people_cannot_give_the_same_money_back(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))

    outcomes = await asyncio.gather(
        *(request_refund(placed.order_id, amount=700, reason="bruised") for _person in range(2)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidInput", "list"]
    with pytest.raises(InvalidInput):
        await request_refund(placed.order_id, amount=301, reason="bruised")


async def test_a_failed_refund_is_tried_again_under_its_number(shop: Tenant) -> None:
    placed = await selling.paid_order()
    (refund,) = await request_refund(placed.order_id, amount=None, reason="bruised")
    await settle_refund(_state(refund, "failed"))

    await retry_refund(refund.id)
    await settle_refund(_state(refund, "succeeded"))

    (again,) = await _refunds(placed.order_id)
    assert (again.number, again.status, again.attempts) == (refund.number, "succeeded", 1)
    with pytest.raises(NothingToRefund):
        await retry_refund(refund.id)
    await check(shop)


async def test_an_unpaid_order_has_nothing_to_give_back(shop: Tenant) -> None:
    placed = await selling.order()

    with pytest.raises(NothingToRefund):
        await request_refund(placed.order_id, amount=None, reason="test")


async def test_money_for_a_canceled_order_goes_back(shop: Tenant) -> None:
    placed = await selling.order()
    payment = await selling.open_payment(placed.order_id)
    await cancel_order(placed.order_id, actor="shopper")

    assert await settle_payment(selling.captured(payment)) == "late"
    await check(shop)


async def test_another_shop_sees_no_payment(shop: Tenant, other_shop: Tenant) -> None:
    payment = await selling.open_payment((await selling.order()).order_id)

    with tenants.bind(other_shop):
        assert await settle_payment(selling.captured(payment)) == "quarantined"
