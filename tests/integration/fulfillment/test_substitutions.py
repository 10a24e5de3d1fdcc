"""What a warehouse misses is replaced by other goods when the shopper agrees, and paid back when not."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import fulfillment, inventory, orders, payments
from app.flows.answer_substitution import answer_substitution, lapse_substitutions
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.propose_substitution import (
    DearerThanPaid,
    NotEnoughInstead,
    NothingMissingThere,
    withdraw_substitution,
)
from app.flows.request_refund import NothingToRefund, request_refund
from app.fulfillment import AnsweredAlready, OfferedAlready, Substitution
from app.kernel.ids import new_id
from app.payments import RefundLine
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_short import offer_instead, short_order
from tests.invariants import check
from workers.context import JobContext
from workers.substitutions import refund_missing


async def _found(substitution: UUID) -> Substitution:
    async with tenants.transaction():
        return await fulfillment.find_substitution(substitution)


async def _refund_missing(substitution: UUID) -> None:
    await refund_missing(JobContext(new_id(), "fulfillment.refund_missing", 1, 1), substitution_id=str(substitution))


async def _refunded(order_id: UUID) -> list[tuple[str, int]]:
    async with tenants.transaction():
        return [(refund.reason, refund.amount) for refund in await payments.refunds_of(order_id)]


async def _kinds(order_id: UUID) -> list[str]:
    async with tenants.transaction():
        return sorted(one.kind for one in await fulfillment.exceptions_of(order_id))


async def test_a_yes_sends_the_other_goods_and_gives_the_difference_back_once(shop: Tenant) -> None:
    peaches = await selling.offer(price=1001, stock=3)
    plums = await selling.offer(title="Plums", price=900, stock=5)
    order_id, _work_order, line = short = await short_order(peaches)
    offer = await offer_instead(short, plums)

    answers = await asyncio.gather(*(answer_substitution(order_id, offer, accept=True, by="shopper") for _ in range(3)))

    assert {one.status for one in answers} == {"accepted"}
    assert len({one.replacement for one in answers}) == 1
    assert await _refunded(order_id) == [("substituted", 202)]
    replacement = answers[0].replacement
    assert replacement is not None
    async with tenants.transaction():
        order, sent = await orders.find(order_id), await orders.find(replacement)
        (closed,) = await fulfillment.work_orders_of(order_id)
        figures = await inventory.figures_of([peaches.variant])
    assert (sent.number, sent.total_amount, sent.payment_status) == (f"{order.number}-S1", 0, "paid")
    assert (closed.status, order.fulfillment_status) == ("closed", "fulfilled")
    assert await selling.stock_of(plums) == {"on_hand": 5, "reserved": 0, "allocated": 2}
    assert figures[peaches.variant].on_hand == 0
    assert await _kinds(order_id) == []
    with pytest.raises(NothingToRefund):  # somebody pressed the refund of the missing units in the same moment
        await request_refund(order_id, lines=[RefundLine(line, 2)], reason="short_pick")
    await check(shop)


async def test_other_goods_at_the_same_price_move_no_money(shop: Tenant) -> None:
    short = await short_order(await selling.offer(price=1000, stock=2), wanted=2)
    plums = await selling.offer(title="Plums", price=1000, stock=2)

    after = await answer_substitution(short[0], await offer_instead(short, plums), accept=True, by="shopper")

    assert (after.status, after.back_amount, await _refunded(short[0])) == ("accepted", 0, [])
    with pytest.raises(TooLateToCancel):
        await cancel_order(short[0], actor="shopper")
    await check(shop)


async def test_a_no_pays_the_missing_goods_back_and_closes_what_it_raised(shop: Tenant) -> None:
    order_id, _work_order, _line = short = await short_order(await selling.offer(price=1000, stock=3))
    plums = await selling.offer(title="Plums", price=900)
    offer = await offer_instead(short, plums)

    for _press in range(2):
        await answer_substitution(order_id, offer, accept=False, by="shopper")
    raised = await _kinds(order_id)
    with pytest.raises(AnsweredAlready):
        await answer_substitution(order_id, offer, accept=True, by="shopper")
    for _try in range(2):
        await _refund_missing(offer)

    assert "substitution_declined" in raised
    assert await selling.jobs("fulfillment.refund_missing") == 1
    assert await _refunded(order_id) == [("short_pick", 2000)]
    assert await _kinds(order_id) == []
    assert await selling.stock_of(plums) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_silence_is_a_no_when_the_time_is_over(shop: Tenant) -> None:
    order_id, _work_order, _line = short = await short_order(await selling.offer(price=1000, stock=3))
    offer = await offer_instead(short, await selling.offer(title="Plums", price=900))
    await lapse_substitutions()
    early = (await _found(offer)).status

    async with tenants.transaction():
        await tenants.connection().execute("UPDATE substitution SET answer_until = now() - interval '1 minute'")
    with pytest.raises(AnsweredAlready):
        await answer_substitution(order_id, offer, accept=True, by="shopper")
    for _look in range(2):
        await lapse_substitutions()
    await _refund_missing(offer)

    assert (early, (await _found(offer)).status) == ("proposed", "expired")
    assert await _refunded(order_id) == [("short_pick", 2000)]
    await check(shop)


async def test_nothing_dearer_scarce_or_second_is_offered(shop: Tenant) -> None:
    short = await short_order(await selling.offer(price=1000, stock=3))
    with pytest.raises(DearerThanPaid):
        await offer_instead(short, await selling.offer(title="Mangos", price=1001))
    with pytest.raises(NotEnoughInstead):
        await offer_instead(short, await selling.offer(title="Figs", price=900, stock=1))
    plums = await selling.offer(title="Plums", price=900)

    asked = await asyncio.gather(*(offer_instead(short, plums) for _press in range(2)), return_exceptions=True)

    (first,) = [one for one in asked if isinstance(one, UUID)]
    assert sum(isinstance(one, OfferedAlready) for one in asked) == 1
    await withdraw_substitution(short[0], first, by="lin")
    with pytest.raises(AnsweredAlready):
        await answer_substitution(short[0], first, accept=True, by="shopper")
    await offer_instead(short, plums)
    assert await _refunded(short[0]) == []


async def test_goods_sold_out_meanwhile_and_money_paid_back_meanwhile_end_theoffer_instead(shop: Tenant) -> None:
    short = await short_order(await selling.offer(price=1000, stock=3))
    plums = await selling.offer(title="Plums", price=900, stock=2)
    offer = await offer_instead(short, plums)
    await selling.paid_order(plums, quantity=1)

    after = await answer_substitution(short[0], offer, accept=True, by="shopper")

    assert after.status == "declined"
    figs = await offer_instead(short, await selling.offer(title="Figs", price=900))
    await _refund_missing(offer)
    with pytest.raises(AnsweredAlready):
        await answer_substitution(short[0], figs, accept=True, by="shopper")
    with pytest.raises(NothingMissingThere):
        await offer_instead(short, plums)
    assert await _refunded(short[0]) == [("short_pick", 2000)]
    await check(shop)
