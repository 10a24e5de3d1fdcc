"""Money that went back by hand is not given back a second time by a request about the same goods."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import tenants
from app import aftersales, payments
from app.flows.decide_aftersale import approve_aftersale, offer_amount
from app.flows.dispute_aftersale import dispute_aftersale
from app.flows.refund_aftersale import refund_aftersale
from app.flows.request_refund import request_refund
from app.flows.return_goods import inspect_return, receive_return, send_back
from app.kernel.errors import Refusal
from app.payments import RefundLine
from tenants import Tenant
from tests import invariants
from tests.builders_aftersales import (
    ADDRESS,
    ask,
    case,
    causes,
    confirm_refunds,
    delivered_order,
    lapse,
    lines_of,
    order_of,
    told,
)  # fmt: skip
from tests.builders_selling import offer, stock_of


async def _received(order_id: UUID, kind: str = "return", **facts: Any) -> UUID:
    aftersale = await ask(order_id, kind, **facts)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    return aftersale


async def _owed(order_id: UUID) -> int:
    async with tenants.transaction():
        return sum(refund.amount for refund in await payments.refunds_of(order_id))


async def test_a_return_is_over_when_its_order_was_refunded_whole_by_hand(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=2)
    aftersale = await ask(order_id, quantity=1)

    await request_refund(order_id, reason="We are sorry")
    await lapse(aftersale)
    await confirm_refunds(aftersale)

    found = await case(aftersale)
    assert (found.status, found.settled_directly, found.waits_for) == ("refunded", True, "")
    assert await causes(aftersale) == ["requested", "refunded_directly"]
    assert await told(aftersale, "customer") == ["requested", "refunded_directly"]
    assert (await order_of(order_id)).refunded_amount == await _owed(order_id) == 2000
    await invariants.check(shop)


async def test_an_exchange_sends_nothing_when_its_goods_were_paid_back(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))
    line = (await lines_of(order_id))[0]
    aftersale = await _received(order_id, "exchange", instead=line.variant)

    await request_refund(order_id, reason="merchant")
    await lapse(aftersale)

    found = await case(aftersale)
    assert (found.status, found.exchange_order) == ("refunded", None)
    await invariants.check(shop)


async def test_a_request_goes_on_about_what_is_left(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=3)
    aftersale = await ask(order_id, "claim", quantity=2)
    await offer_amount(aftersale, 1800, actor="Su He")

    await request_refund(order_id, amount=1500, reason="merchant")

    found = await case(aftersale)
    assert (found.status, found.wanted_amount, found.offered_amount) == ("requested", 1500, 1500)
    assert await told(aftersale, "customer") == ["requested", "offered", "wish_lowered"]
    await approve_aftersale(aftersale, actor="Su He")
    assert (await case(aftersale)).refunded_amount == 1500
    assert await _owed(order_id) == 3000
    await invariants.check(shop)


async def test_two_requests_that_share_what_is_left_end_without_more_than_that(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=2)
    first, second = await ask(order_id, "claim"), await ask(order_id, "claim")

    await request_refund(order_id, amount=1000, reason="merchant")
    for aftersale in (first, second):
        await approve_aftersale(aftersale, actor="Su He")

    assert [(await case(one)).refunded_amount for one in (first, second)] == [1000, 0]
    assert await _owed(order_id) == 2000
    await invariants.check(shop)


async def test_other_goods_keep_their_request(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), await offer(price=500))
    aftersale = await ask(order_id)
    _asked, other = await lines_of(order_id)

    await request_refund(order_id, lines=[RefundLine(other.id, 1)], reason="merchant")

    found = await case(aftersale)
    assert (found.status, found.wanted_amount, found.waits_for) == ("requested", 1000, "merchant")


async def test_a_dispute_is_settled_by_the_refund(shop: Tenant) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)
    await dispute_aftersale(aftersale, side="shopper", actor="shopper", words="Nobody answers.")

    await request_refund(order_id, reason="merchant")

    found = await case(aftersale)
    assert (found.ruling, found.closed_at is not None) == ("settled", True)
    await invariants.check(shop)


async def test_a_refund_by_hand_and_by_the_request_at_once_pay_once(shop: Tenant) -> None:
    for _ in range(3):
        order_id = await delivered_order(await offer(price=1000))
        aftersale = await _received(order_id)

        outcomes = await asyncio.gather(
            request_refund(order_id, reason="merchant"),
            refund_aftersale(aftersale, 1000, actor="Su He"),
            return_exceptions=True,
        )

        assert [isinstance(one, Refusal) for one in outcomes].count(True) == 1, outcomes
        assert await _owed(order_id) == 1000
        assert (await case(aftersale)).status == "refunded"
    await invariants.check(shop)


async def test_units_put_on_the_shelf_with_the_refund_are_not_counted_again(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches, quantity=2)
    aftersale = await _received(order_id, quantity=2)
    line = (await lines_of(order_id))[0]

    await request_refund(order_id, lines=[RefundLine(line.id, 2)], reason="merchant", restock=True)
    await confirm_refunds(aftersale)

    found = await case(aftersale)
    assert (found.status, found.inspected_at is not None) == ("refunded", True)
    assert (await stock_of(peaches))["on_hand"] == 5
    await invariants.check(shop)


async def test_units_that_were_counted_are_not_put_on_the_shelf_again_by_the_refund(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches, quantity=2)
    aftersale = await _received(order_id, quantity=2)
    async with tenants.transaction():
        (asked,) = await aftersales.lines_of(aftersale)
    await inspect_return(aftersale, {asked.id: (1, 1)}, actor="Su He")

    await request_refund(order_id, lines=[RefundLine(asked.order_line, 2)], reason="merchant", restock=True)
    await confirm_refunds(aftersale)

    assert (await stock_of(peaches))["on_hand"] == 4
    await invariants.check(shop)


async def test_goods_on_their_way_when_the_money_went_back_can_be_counted_when_they_come(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches)
    aftersale = await ask(order_id)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await send_back(aftersale, carrier="SF", tracking_number="SF1")

    await request_refund(order_id, reason="merchant")
    async with tenants.transaction():
        (asked,) = await aftersales.lines_of(aftersale)
    await inspect_return(aftersale, {asked.id: (1, 0)}, actor="Su He")

    assert (await stock_of(peaches))["on_hand"] == 5
    await invariants.check(shop)
