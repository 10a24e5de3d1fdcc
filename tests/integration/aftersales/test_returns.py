"""Goods on their way back: asked for, agreed, sent, looked at, paid; and every "no" on the way."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import tenants
from app import aftersales
from app.aftersales import IllegalMove
from app.flows.decide_aftersale import answer_offer, approve_aftersale, decline_aftersale, offer_amount
from app.flows.exchange_goods import ship_exchange
from app.flows.refund_aftersale import refund_aftersale
from app.flows.request_aftersale import NotEnoughLeft, NothingToAsk, WindowClosed
from app.flows.request_refund import request_refund
from app.flows.return_goods import (
    cancel_aftersale,
    give_return_address,
    inspect_return,
    receive_return,
    send_back,
)  # fmt: skip
from app.inventory import NotEnoughStock
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
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
    lines_of,
    order_of,
    ship,
    told,
)  # fmt: skip
from tests.builders_selling import offer, paid_order, stock_of


async def _line(aftersale: object) -> aftersales.Line:
    async with tenants.transaction():
        return (await aftersales.lines_of(aftersale))[0]  # type: ignore[arg-type]


async def _came_back(aftersale: object, good: int, damaged: int = 0) -> None:
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)  # type: ignore[arg-type]
    await send_back(aftersale, carrier="SF", tracking_number="sf 100 200")  # type: ignore[arg-type]
    await receive_return(aftersale, actor="Su He")  # type: ignore[arg-type]
    line = await _line(aftersale)
    await inspect_return(aftersale, {line.id: (good, damaged)}, actor="Su He")  # type: ignore[arg-type]


async def test_goods_come_back_and_a_part_of_the_money_does(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=10)
    order_id = await delivered_order(peaches, quantity=3)

    aftersale = await ask(order_id, quantity=2)
    await _came_back(aftersale, good=1, damaged=1)
    await refund_aftersale(aftersale, 1500, actor="Su He", words="One was bitten.")
    await confirm_refunds(aftersale)

    found = await case(aftersale)
    assert (found.status, found.wanted_amount, found.refunded_amount) == ("refunded", 2000, 1500)
    assert (await order_of(order_id)).refunded_amount == 1500
    assert (await stock_of(peaches))["on_hand"] == 8
    assert await causes(aftersale) == [
        "requested", "approved", "approved", "sent_back", "received", "inspected", "refunded"
    ]  # fmt: skip
    assert await told(aftersale, "customer") == ["requested", "approved", "received", "refunded"]
    await invariants.check(shop)


async def test_less_than_asked_needs_a_reason(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await _came_back(aftersale, good=1)

    with pytest.raises(InvalidInput):
        await refund_aftersale(aftersale, 100, actor="Su He")

    assert (await case(aftersale)).status == "inspecting"


async def test_what_was_inspected_comes_back_once(shop: Tenant) -> None:
    peaches = await offer(stock=5)
    aftersale = await ask(await delivered_order(peaches))
    await _came_back(aftersale, good=1)
    line = await _line(aftersale)

    with pytest.raises(IllegalMove):
        await inspect_return(aftersale, {line.id: (1, 0)}, actor="Su He")

    assert (await stock_of(peaches))["on_hand"] == 5


async def test_more_than_came_back_is_not_counted(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    line = await _line(aftersale)

    with pytest.raises(InvalidInput):
        await inspect_return(aftersale, {line.id: (1, 1)}, actor="Su He")

    assert (await case(aftersale)).status == "received"


async def test_a_store_says_no_with_a_reason_and_the_units_are_free_again(shop: Tenant) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)

    with pytest.raises(InvalidInput):
        await decline_aftersale(aftersale, actor="Su He", words=" ")
    await decline_aftersale(aftersale, actor="Su He", words="It was eaten.")

    assert (await case(aftersale)).decision_words == "It was eaten."
    assert (await case(await ask(order_id))).number.endswith("-A2")
    await invariants.check(shop)


async def test_an_offer_that_is_taken_pays_and_nothing_comes_back(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches)
    aftersale = await ask(order_id)

    await offer_amount(aftersale, 400, actor="Su He", words="Keep it?")
    assert (await case(aftersale)).waits_for == "shopper"
    await answer_offer(aftersale, accept=True)
    await confirm_refunds(aftersale)

    found = await case(aftersale)
    assert (found.status, found.refunded_amount) == ("refunded", 400)
    assert (await stock_of(peaches))["on_hand"] == 4
    assert "offer_accepted" in await told(aftersale, "merchant")
    await invariants.check(shop)


async def test_an_offer_that_is_not_taken_leaves_the_request_standing(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await offer_amount(aftersale, 400, actor="Su He")

    await answer_offer(aftersale, accept=False)

    found = await case(aftersale)
    assert (found.status, found.offered_amount, found.waits_for) == ("requested", None, "merchant")
    with pytest.raises(IllegalMove):
        await answer_offer(aftersale, accept=True)


async def test_an_offer_cannot_be_more_than_was_asked(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order(await offer(price=1000)))

    for amount in (0, 1001):
        with pytest.raises(InvalidInput):
            await offer_amount(aftersale, amount, actor="Su He")


async def test_a_claim_pays_without_anything_coming_back(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=2)

    aftersale = await ask(order_id, "claim", quantity=2, amount=700)
    await approve_aftersale(aftersale, actor="Su He")
    await confirm_refunds(aftersale)

    assert (await case(aftersale)).refunded_amount == 700
    await invariants.check(shop)


async def test_a_claim_above_what_the_goods_cost_is_refused(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000))

    with pytest.raises(InvalidInput):
        await ask(order_id, "claim", amount=1001)


async def test_the_store_opens_one_for_the_shopper_even_after_the_window(shop: Tenant) -> None:
    order_id = await delivered_order()
    async with tenants.transaction():
        await aftersales.save_policy(aftersales.Policy(return_days=0))

    with pytest.raises(WindowClosed):
        await ask(order_id)
    aftersale = await ask(order_id, opened_by="merchant", actor="Su He")

    assert (await case(aftersale)).opened_by == "merchant"
    assert await told(aftersale, "customer") == ["requested_by_store"]


async def test_nothing_can_be_asked_before_it_left_the_warehouse(shop: Tenant) -> None:
    placed = await paid_order(await offer())

    with pytest.raises(NothingToAsk):
        await ask(placed.order_id)


async def test_only_what_left_the_warehouse_can_be_asked_for(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(stock=5), quantity=3, only=2)

    with pytest.raises(NotEnoughLeft):
        await ask(order_id, quantity=3)

    await ask(order_id, quantity=2)
    await invariants.check(shop)


async def test_two_requests_for_the_last_unit_are_one(shop: Tenant) -> None:
    order_id = await delivered_order()

    outcomes = await asyncio.gather(ask(order_id), ask(order_id), return_exceptions=True)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NothingToAsk", "UUID"]
    await invariants.check(shop)


async def test_several_requests_of_one_line_are_worth_the_line_to_the_cent(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=333, stock=9), quantity=3)

    worth = [(await case(await ask(order_id))).wanted_amount for _ in range(3)]

    assert sum(worth) == (await order_of(order_id)).goods_amount
    with pytest.raises(NothingToAsk):
        await ask(order_id)


async def test_the_shopper_calls_it_off_until_the_goods_are_on_their_way(shop: Tenant) -> None:
    order_id = await delivered_order(quantity=2)
    first, second = await ask(order_id), await ask(order_id)

    await cancel_aftersale(first)
    await approve_aftersale(second, actor="Su He", address=ADDRESS)
    await send_back(second, carrier="SF", tracking_number="1")

    assert (await case(first)).status == "canceled"
    with pytest.raises(IllegalMove):
        await cancel_aftersale(second)
    await invariants.check(shop)


async def test_goods_need_an_address_to_go_to(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())

    with pytest.raises(InvalidInput):
        await approve_aftersale(aftersale, actor="Su He")

    assert (await case(aftersale)).status == "requested"


async def test_the_address_can_be_corrected_until_the_goods_leave(shop: Tenant) -> None:
    aftersale = await ask(await delivered_order())
    await approve_aftersale(aftersale, actor="Su He", address="nowhere")

    await give_return_address(aftersale, actor="Su He", address=ADDRESS)
    await send_back(aftersale, carrier="SF", tracking_number="1")

    assert (await case(aftersale)).return_address == ADDRESS
    with pytest.raises(IllegalMove):
        await give_return_address(aftersale, actor="Su He", address="elsewhere")


async def test_an_exchange_sends_a_replacement_that_costs_nothing(shop: Tenant) -> None:
    peaches = await offer(stock=5)
    order_id = await delivered_order(peaches)

    aftersale = await ask(order_id, "exchange", instead=peaches.variant)
    await _came_back(aftersale, good=0, damaged=1)
    await ship_exchange(aftersale, actor="Su He")

    found = await case(aftersale)
    assert found.exchange_order is not None
    replacement = await order_of(found.exchange_order)
    assert (found.status, replacement.total_amount, replacement.number) == ("exchanged", 0, f"{found.number}-X")
    assert not replacement.is_cancelable
    assert await stock_of(peaches) == {"on_hand": 4, "reserved": 0, "allocated": 1}
    await invariants.check(shop)


async def test_a_replacement_leaves_like_every_other_order(shop: Tenant) -> None:
    peaches = await offer(stock=5)
    aftersale = await ask(await delivered_order(peaches), "exchange", instead=peaches.variant)
    await _came_back(aftersale, good=1)
    await ship_exchange(aftersale, actor="Su He")
    replacement = (await case(aftersale)).exchange_order
    assert replacement is not None

    await ship(replacement)

    assert (await order_of(replacement)).fulfillment_status == "fulfilled"
    assert await stock_of(peaches) == {"on_hand": 4, "reserved": 0, "allocated": 0}
    with pytest.raises(NothingToAsk):
        await ask(replacement)
    await invariants.check(shop)


async def test_a_replacement_that_is_not_there_is_not_promised(shop: Tenant) -> None:
    peaches = await offer(stock=1)
    aftersale = await ask(await delivered_order(peaches), "exchange", instead=peaches.variant)
    await _came_back(aftersale, good=0, damaged=1)

    with pytest.raises(NotEnoughStock):
        await ship_exchange(aftersale, actor="Su He")

    assert (await case(aftersale)).status == "inspecting"
    await invariants.check(shop)


async def test_an_exchange_is_for_a_variant_of_the_same_product(shop: Tenant) -> None:
    another = await offer()
    order_id = await delivered_order()

    for instead in (another.variant, new_id(), None):
        with pytest.raises(InvalidInput):
            await ask(order_id, "exchange", instead=instead)


async def test_money_that_went_back_otherwise_is_not_given_twice(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=2)
    aftersale = await ask(order_id, quantity=2)
    await _came_back(aftersale, good=2)
    await request_refund(order_id, amount=1500, reason="by hand")

    with pytest.raises(InvalidInput):
        await refund_aftersale(aftersale, 501, actor="Su He", words="The rest.")
    await refund_aftersale(aftersale, 500, actor="Su He", words="The rest.")
    await confirm_refunds(aftersale)

    assert (await order_of(order_id)).payment_status == "refunded"
    await invariants.check(shop)


async def test_units_that_were_refunded_by_hand_cannot_be_asked_for(shop: Tenant) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=3)
    line = (await lines_of(order_id))[0]
    await request_refund(order_id, lines=[RefundLine(line.id, 2)], reason="by hand", restock=True)

    with pytest.raises(NotEnoughLeft):
        await ask(order_id, quantity=2)
    aftersale = await ask(order_id)

    assert (await case(aftersale)).wanted_amount == 1000
    await invariants.check(shop)


async def test_a_return_of_an_order_that_is_half_sent_frees_nothing_that_is_not(shop: Tenant) -> None:
    peaches = await offer(price=1000, stock=5)
    order_id = await delivered_order(peaches, quantity=3, only=1)
    aftersale = await ask(order_id)
    await _came_back(aftersale, good=1)

    await refund_aftersale(aftersale, 1000, actor="Su He")
    await confirm_refunds(aftersale)

    assert await stock_of(peaches) == {"on_hand": 5, "reserved": 0, "allocated": 2}
    await invariants.check(shop)


async def test_another_store_sees_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    order_id = await delivered_order()
    await ask(order_id)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await aftersales.of_order(order_id) == []
            assert await tenants.connection().fetchval("SELECT count(*) FROM aftersale_line") == 0


def test_the_window_is_counted_in_days() -> None:
    assert aftersales.Policy(return_days=7, answer_hours=48).to_answer == timedelta(hours=48)
