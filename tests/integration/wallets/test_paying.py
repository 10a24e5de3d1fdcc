"""Orders paid with gift cards and store credit: taken once, never below zero, and back when nothing comes of it."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import ledger, orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.change_store_credit import change_store_credit
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import place_order
from app.flows.request_refund import NobodyToCredit, request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.inventory import NotEnoughStock
from app.ledger import InsufficientBalance
from app.wallets import EmptyGiftCard, UnknownGiftCard, switch_card
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests import builders_wallets as build
from tests.invariants import check


async def _balances() -> dict[str, int]:
    async with tenants.transaction():
        return {balance.kind: balance.amount for balance in await ledger.balances()}


async def _pay_the_rest(order: orders.Order) -> None:
    async with tenants.transaction():
        locked = await orders.lock(order.id)
        payment = await payments.open_payment(
            order.id, order.number, provider="sandbox", amount=locked.due_amount, currency=order.currency
        )
    assert await settle_payment(selling.captured(payment)) == "paid"


async def test_a_card_that_covers_everything_pays_at_once(shop: Tenant) -> None:
    peaches, (card, code) = await selling.offer(price=1000), await build.card(1500)

    placed = await build.order(peaches, code.lower().replace("-", " "))

    order = await build.read(placed)
    assert (order.payment_status, order.paid_amount, await build.held(card)) == ("paid", 1000, 500)
    assert await _balances() == {"bank_clearing": 1500, "gift_card": -500, "merchant_sales": -1000}
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 1}
    assert await selling.jobs("fulfillment.plan") == 1
    await check(shop)


async def test_a_card_pays_its_part_and_the_shopper_the_rest(shop: Tenant) -> None:
    peaches, (card, code) = await selling.offer(price=1000), await build.card(300)

    placed = await build.order(peaches, code)
    between, order = await _balances(), await build.read(placed)
    await _pay_the_rest(order)

    assert (order.payment_status, order.due_amount) == ("partially_paid", 700)
    assert between == {"bank_clearing": 300, "gift_card": 0, "customer_prepaid": -300}
    assert (await build.read(placed)).payment_status == "paid"
    assert await build.held(card) == 0
    await check(shop)


async def test_a_card_and_credit_together(shop: Tenant) -> None:
    (card, code), customer = await build.card(300), await build.customer(credit=500)

    placed = await build.order(await selling.offer(price=700), code, credit_of=customer)

    assert (await build.read(placed)).payment_status == "paid"
    assert (await build.held(card), await build.credit(customer)) == (0, 100)
    await check(shop)


async def test_one_card_in_fifty_orders_at_once_never_goes_below_zero(shop: Tenant) -> None:
    peaches, (card, code) = await selling.offer(price=1000, stock=100), await build.card(3300)

    outcomes = await asyncio.gather(*(build.order(peaches, code) for _order in range(50)), return_exceptions=True)

    refused = [type(outcome).__name__ for outcome in outcomes if isinstance(outcome, BaseException)]
    assert refused == ["EmptyGiftCard"] * 46
    assert await build.held(card) == 0
    async with tenants.transaction():
        paid = await tenants.connection().fetch(
            "SELECT paid_amount, count(*) AS orders FROM orders GROUP BY paid_amount ORDER BY paid_amount"
        )
    assert [tuple(row) for row in paid] == [(300, 1), (1000, 3)]
    await check(shop)


async def test_nothing_is_taken_from_the_card_of_an_order_that_is_refused(shop: Tenant) -> None:
    peaches, (card, code) = await selling.offer(price=1000, stock=1), await build.card(1500)

    with pytest.raises(NotEnoughStock):
        await build.order(peaches, code, quantity=2)

    assert await build.held(card) == 1500
    await check(shop)


@pytest.mark.parametrize("ending", ["canceled", "expired"])
async def test_what_wallets_paid_is_back_when_the_order_comes_to_nothing(shop: Tenant, ending: str) -> None:
    peaches, (card, code), customer = await selling.offer(price=1000), await build.card(300), await build.customer(200)

    placed = await build.order(peaches, code, credit_of=customer)
    if ending == "canceled":
        await cancel_order(placed.order_id, actor="shopper")
    else:
        await selling.run_out_of_time(placed.order_id)
        await expire_reservation(placed.order_id, None)

    order = await build.read(placed)
    assert (order.status, order.payment_status, order.refunded_amount) == (ending, "voided", 500)
    assert (await build.held(card), await build.credit(customer)) == (300, 200)
    assert await selling.jobs("payments.refund") == 0
    await check(shop)


async def test_a_refund_gives_money_first_then_credit_then_the_card(shop: Tenant) -> None:
    (card, code), customer = await build.card(300), await build.customer(credit=200)
    placed = await build.order(await selling.offer(price=1000), code, credit_of=customer)
    await _pay_the_rest(await build.read(placed))

    refunds = await request_refund(placed.order_id, amount=800, reason="bruised")

    assert [(refund.amount, refund.status) for refund in refunds] == [
        (500, "pending"),
        (200, "succeeded"),
        (100, "succeeded"),
    ]
    assert (await build.held(card), await build.credit(customer)) == (100, 200)
    await settle_refund(RefundState(refunds[0].number, "", "succeeded", 500, "CNY"))
    assert (await build.read(placed)).refunded_amount == 800
    await check(shop)


async def test_a_paid_order_that_is_called_off_fills_the_card_again(shop: Tenant) -> None:
    card, code = await build.card(1000)
    placed = await build.order(await selling.offer(price=1000), code)

    await cancel_order(placed.order_id, actor="shopper")

    order = await build.read(placed)
    assert (order.status, order.payment_status, await build.held(card)) == ("canceled", "refunded", 1000)
    await check(shop)


async def test_a_refund_may_become_store_credit_and_no_money_leaves(shop: Tenant) -> None:
    customer = await build.customer()
    visitor, cart = await selling.fill_cart(await selling.offer(price=1000))
    placed = await place_order(cart, visitor, selling.checkout(customer_id=customer))
    await _pay_the_rest(await build.read(placed))

    (refund,) = await request_refund(placed.order_id, amount=400, reason="bruised", into_credit=True)

    assert (refund.into_wallet, await build.credit(customer)) == ("store_credit", 400)
    assert await selling.jobs("payments.refund") == 0
    assert await _balances() == {"psp_clearing": 1000, "merchant_sales": -600, "store_credit": -400}
    await check(shop)


async def test_nobody_without_an_account_gets_store_credit(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))

    with pytest.raises(NobodyToCredit):
        await request_refund(placed.order_id, amount=400, reason="bruised", into_credit=True)
    await check(shop)


async def test_a_code_nobody_issued_and_a_card_switched_off_say_the_same(shop: Tenant) -> None:
    peaches, (card, code) = await selling.offer(), await build.card()
    async with tenants.transaction():
        await switch_card(card.id, "disabled")

    for typed in ("0000-0000-0000-0000", "nonsense", code):
        with pytest.raises(UnknownGiftCard):
            await build.order(peaches, typed)
    async with tenants.transaction():
        await switch_card(card.id, "active")
        await tenants.connection().execute("UPDATE gift_card SET expires_at = now() - interval '1 minute'")
    with pytest.raises(UnknownGiftCard):
        await build.order(peaches, code)


async def test_a_card_that_was_spent_pays_nothing_more(shop: Tenant) -> None:
    peaches, (_card, code) = await selling.offer(price=1000), await build.card(1000)
    await build.order(peaches, code)

    with pytest.raises(EmptyGiftCard):
        await build.order(peaches, code)


async def test_credit_is_never_taken_back_below_zero(shop: Tenant) -> None:
    customer = await build.customer(credit=500)

    outcomes = await asyncio.gather(
        *(change_store_credit(customer, -200, reason="typo", by="Su He") for _try in range(4)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == [
        "InsufficientBalance",
        "InsufficientBalance",
        "NoneType",
        "NoneType",
    ]
    with pytest.raises(InsufficientBalance):
        await change_store_credit(customer, -101, reason="typo", by="Su He")
    assert await build.credit(customer) == 100
    await check(shop)


@pytest.mark.parametrize(("origin", "paid_from"), [("sold", "bank_clearing"), ("promotional", "discount_given")])
async def test_where_a_cards_worth_comes_from_is_the_merchants_to_say(
    shop: Tenant, origin: str, paid_from: str
) -> None:
    await build.card(1000, origin=origin)

    assert await _balances() == {paid_from: 1000, "gift_card": -1000}
    await check(shop)


async def test_a_card_of_one_shop_is_unknown_in_another(shop: Tenant, other_shop: Tenant) -> None:
    _card, code = await build.card()

    with tenants.bind(other_shop), pytest.raises(UnknownGiftCard):
        await build.order(await selling.offer(), code)
