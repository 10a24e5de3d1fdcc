"""What a provider says may be rightly signed and cannot be true; and at the end of the time it may say nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

import tenants
from app import orders, payments, tickets
from app.flows.expire_reservation import expire_reservation
from app.flows.request_refund import request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check
from tests.model.bank import Bank


async def _owed() -> tuple[payments.Refund, RefundState]:
    """A refund on its way, and the true news about it."""
    placed = await selling.paid_order()
    (refund,) = await request_refund(placed.order_id, amount=1000, reason="a bruise")
    return refund, RefundState(refund.number, "", "succeeded", refund.amount, refund.currency)


async def _aside() -> list[str]:
    async with tenants.transaction():
        kept, told = await payments.notices_aside(), await tickets.ticket_page()
    assert len(kept.items) == len(told.items)
    return [one.outcome for one in kept.items]


@pytest.mark.parametrize(
    ("wrong", "source", "reason"),
    [
        ({"amount": 999}, "", "amount"),
        ({"currency": "USD"}, "", "currency"),
        ({"number": "T9-1-R1"}, "", "unknown_number"),
        ({}, "stripe", "other_provider"),
    ],
)
async def test_news_of_a_refund_that_cannot_be_true_move_nothing(
    shop: Tenant, wrong: dict[str, Any], source: str, reason: str
) -> None:
    refund, truth = await _owed()
    lie = msgspec.structs.replace(truth, **wrong)

    outcome = await settle_refund(lie, source=source)

    assert outcome == "quarantined"
    assert await _aside() == [reason]
    async with tenants.transaction():
        assert (await payments.find_refund(refund.id)).status == "pending"
        assert (await orders.find(refund.order_id)).refunded_amount == 0
    assert await settle_refund(truth) == "refunded"
    await check(shop)


async def test_a_failure_told_after_the_money_is_back_undoes_nothing(shop: Tenant) -> None:
    refund, truth = await _owed()
    await settle_refund(truth)

    assert await settle_refund(msgspec.structs.replace(truth, status="failed")) == "nothing_new"

    async with tenants.transaction():
        assert (await payments.find_refund(refund.id)).status == "succeeded"
    await check(shop)


async def test_another_provider_cannot_tell_that_an_order_is_paid(shop: Tenant) -> None:
    placed = await selling.order()
    payment = await selling.open_payment(placed.order_id)

    outcome = await settle_payment(selling.captured(payment), source="stripe")

    assert outcome == "quarantined"
    assert await _aside() == ["other_provider"]
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).awaits_payment
    await check(shop)


async def test_a_provider_that_is_silent_when_the_time_is_over_is_asked_again(shop: Tenant) -> None:
    scarce = await selling.offer(stock=1)
    placed = await selling.order(scarce)
    payment = await selling.open_payment(placed.order_id)
    bank = Bank(mood="away")
    bank.payments[payment.number] = selling.captured(payment)
    await selling.run_out_of_time(placed.order_id)

    assert await expire_reservation(placed.order_id, bank) is None

    assert await selling.jobs("payments.close_at_provider") == 1
    assert await selling.stock_of(scarce) == {"on_hand": 1, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_money_of_another_sum_does_not_keep_the_goods_when_the_time_is_over(shop: Tenant) -> None:
    scarce = await selling.offer(stock=1)
    placed = await selling.order(scarce)
    payment = await selling.open_payment(placed.order_id)
    bank = Bank()
    bank.payments[payment.number] = selling.captured(payment, amount=1)
    await selling.run_out_of_time(placed.order_id)

    assert await expire_reservation(placed.order_id, bank) is None

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).status == "expired"
    assert await selling.stock_of(scarce) == {"on_hand": 1, "reserved": 0, "allocated": 0}
    await check(shop)
