"""A deposit first and the balance later: what is asked for when, and how each of it can end."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

import tenants
from app import engagement, orders
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.run_campaign import close_campaign, settle_campaign
from app.flows.run_presale import (
    call_off,
    confirm_presale,
    goods_are_there,
    move_day,
    move_day_of,
    open_balance,
    remind,
)
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import NotPayable, PayPage, start_payment
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.builders_presale import DEPOSIT, TOTAL
from tests.invariants import check


async def test_the_first_payment_asks_for_the_deposit_only(shop: Tenant) -> None:
    placed = await campaigns.join(await presales.presale_campaign(), units=2)

    payment = await selling.open_payment(placed.order_id)

    order = await presales.order(placed.order_id)
    assert (order.total_amount, order.due_amount, payment.amount) == (2 * TOTAL, 2 * DEPOSIT, 2 * DEPOSIT)
    await check(shop)


async def test_a_deposit_is_worth_the_seat_and_holds_the_goods_until_the_balance_is_due(shop: Tenant) -> None:
    goods = await selling.offer(price=12000, stock=5)
    plums = await presales.presale_campaign(goods, quota=5)

    placed = await campaigns.join_and_pay(plums, units=2)

    order, mine = await presales.order(placed.order_id), await presales.mine(placed.order_id)
    one, item = await campaigns.participation(placed.order_id), await campaigns.item(plums.id)
    assert (order.payment_status, order.awaits_payment, mine.status) == ("partially_paid", False, "deposit_paid")
    assert (one.status, one.sequence_number, item.held, item.taken) == ("taken", 1, 0, 2)
    assert order.expires_at == mine.due_at
    assert (await selling.stock_of(goods))["reserved"] == 2
    assert await selling.jobs("fulfillment.plan") == 0
    assert await presales.books() == {"psp_clearing": -2 * DEPOSIT, "customer_prepaid": 2 * DEPOSIT}
    await check(shop)


async def test_nothing_can_be_paid_between_the_deposit_and_the_day_the_balance_opens(shop: Tenant) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign())

    with pytest.raises(NotPayable):
        await start_payment(placed.order_id, "sandbox", PayPage("https://x.test", "en", "Plums"))
    assert not await open_balance(placed.order_id)

    assert await expire_reservation(placed.order_id, None) is None
    assert (await presales.order(placed.order_id)).status == "placed"


async def test_a_deposit_paid_twice_goes_back_once(shop: Tenant) -> None:
    placed = await campaigns.join(await presales.presale_campaign())
    first, second = await selling.open_payment(placed.order_id), await selling.open_payment(placed.order_id)
    await settle_payment(selling.notice(selling.captured(first)), body="{}")

    assert await settle_payment(selling.notice(selling.captured(second)), body="{}") == "late"
    await presales.window_opens(placed.order_id)
    third = await selling.open_payment(placed.order_id)
    assert third.amount == TOTAL - DEPOSIT
    await check(shop)


async def test_deposit_and_balance_make_one_sale_that_ships_on_its_day(shop: Tenant) -> None:
    plums = await presales.presale_campaign()
    placed = await campaigns.join_and_pay(plums)
    await presales.window_opens(placed.order_id)

    assert await open_balance(placed.order_id)
    assert await campaigns.pay(placed) == "paid"
    await plan_fulfillment(placed.order_id)

    assert (await presales.mine(placed.order_id)).status == "balance_paid"
    assert not await confirm_presale(placed.order_id)
    assert await selling.jobs("fulfillment.push_order") == 0
    await presales.day_comes(placed.order_id)
    assert await confirm_presale(placed.order_id)
    assert not await confirm_presale(placed.order_id)
    assert await selling.jobs("fulfillment.push_order") == 1
    assert await presales.books() == {"psp_clearing": -TOTAL, "merchant_sales": TOTAL}
    await check(shop)


async def test_a_balance_paid_before_its_job_came_round_counts(shop: Tenant) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign())
    await presales.window_opens(placed.order_id)

    assert await campaigns.pay(placed) == "paid"

    assert (await presales.mine(placed.order_id)).status == "balance_paid"
    assert not await open_balance(placed.order_id)
    await check(shop)


@pytest.mark.parametrize("forfeits", [True, False])
async def test_a_balance_that_is_not_paid_in_time_ends_by_the_rule(shop: Tenant, forfeits: bool) -> None:
    goods = await selling.offer(price=12000, stock=3)
    plums = await presales.presale_campaign(goods, forfeits=forfeits, quota=3)
    placed = await campaigns.join_and_pay(plums)
    await presales.window_opens(placed.order_id)
    await open_balance(placed.order_id)
    begun = await selling.open_payment(placed.order_id)
    await selling.run_out_of_time(placed.order_id)

    await expire_reservation(placed.order_id, None)
    await expire_reservation(placed.order_id, None)

    order, mine, item = (
        await presales.order(placed.order_id), await presales.mine(placed.order_id), await campaigns.item(plums.id)
    )  # fmt: skip
    assert (order.status, order.payment_status) == ("expired", "voided")
    assert (mine.status, mine.outcome) == ("closed", "forfeited" if forfeits else "released")
    assert (item.held, item.taken, (await selling.stock_of(goods))["reserved"]) == (0, 0, 0)
    back = [refund.amount for refund in await presales.refunds(placed.order_id)]
    assert back == ([] if forfeits else [DEPOSIT])
    kept = (await presales.books()).get("deposit_forfeited", 0)
    assert kept == (DEPOSIT if forfeits else 0)
    assert await settle_payment(selling.notice(selling.captured(begun)), body="{}") == "late"
    late = [refund.amount for refund in await presales.refunds(placed.order_id) if refund.reason == "late_payment"]
    assert late == [TOTAL - DEPOSIT]
    await check(shop)


@pytest.mark.parametrize(("forfeits", "outcome"), [(True, "forfeited"), (False, "released")])
async def test_a_shopper_who_leaves_before_the_balance_leaves_by_the_rule(
    shop: Tenant, forfeits: bool, outcome: str
) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign(forfeits=forfeits))

    await cancel_order(placed.order_id, actor="shopper")

    assert (await presales.mine(placed.order_id)).outcome == outcome
    assert len(await presales.refunds(placed.order_id)) == (0 if forfeits else 1)
    await check(shop)


async def test_the_store_that_calls_an_order_off_keeps_nothing(shop: Tenant) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign())

    await cancel_order(placed.order_id, actor="owner@example.test", cause="canceled_by_merchant")

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [DEPOSIT]
    await check(shop)


async def test_whoever_was_promised_an_earlier_day_may_leave_with_everything(shop: Tenant) -> None:
    plums = await presales.presale_campaign()
    placed = await campaigns.join_and_pay(plums)
    later = now() + timedelta(days=40)

    assert await move_day(plums.id, later, reason="Late frost.", actor="owner") == 1
    assert await move_day_of(placed.order_id, later, reason="Late frost.")
    assert not await move_day_of(placed.order_id, later, reason="Late frost.")
    await cancel_order(placed.order_id, actor="shopper")

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [DEPOSIT]
    assert (await presales.mine(placed.order_id)).outcome == "released"
    async with tenants.transaction():
        told = await tenants.connection().fetchval("SELECT count(*) FROM message WHERE kind = 'presale.date_moved'")
    assert told == 1
    await check(shop)


async def test_an_order_that_was_paid_in_full_can_be_called_off_until_it_ships(shop: Tenant) -> None:
    plums = await presales.presale_campaign(deposit=0)
    placed = await campaigns.join_and_pay(plums)
    assert (await presales.mine(placed.order_id)).status == "balance_paid"

    await cancel_order(placed.order_id, actor="shopper")

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [presales.PRICE]
    assert (await presales.mine(placed.order_id)).outcome == "released"
    await check(shop)


async def test_the_goods_are_there_early_and_the_presale_settles(shop: Tenant) -> None:
    plums = await presales.presale_campaign(deposit=0)
    placed = await campaigns.join_and_pay(plums)
    await plan_fulfillment(placed.order_id)
    await campaigns.end(plums.id)
    await close_campaign(plums.id)
    assert not await settle_campaign(plums.id)

    assert await goods_are_there(plums.id, actor="owner") == 1
    await presales.day_comes(placed.order_id)
    await confirm_presale(placed.order_id)

    assert await settle_campaign(plums.id)
    assert (await presales.mine(placed.order_id)).outcome == "fulfilled"
    await check(shop)


async def test_a_presale_that_is_called_off_pays_everybody_back(shop: Tenant) -> None:
    plums = await presales.presale_campaign()
    placed = await campaigns.join_and_pay(plums)

    assert await call_off(plums.id, reason="No plums this year", actor="owner") == 1
    assert await selling.jobs("group_buying.refund_member") == 1
    await cancel_order(placed.order_id, actor="system", cause="presale_called_off")

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [DEPOSIT]
    await check(shop)


@pytest.mark.parametrize(("forfeits", "reminder"), [(True, "presale.reminder_kept"), (False, "presale.reminder")])
async def test_members_are_told_when_the_balance_opens_and_once_before_it_is_due_with_what_happens_else(
    shop: Tenant, forfeits: bool, reminder: str
) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign(forfeits=forfeits))
    await presales.window_opens(placed.order_id)

    assert await open_balance(placed.order_id)
    assert await remind(placed.order_id)
    assert not await remind(placed.order_id)

    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT kind FROM message ORDER BY created_at")
    assert [row["kind"] for row in rows] == ["presale.deposit_paid", "presale.balance_open", reminder]


@pytest.mark.parametrize("deposit", [0, DEPOSIT])
async def test_members_are_told_by_mail_from_which_day_it_ships(shop: Tenant, deposit: int) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign(deposit=deposit))

    day = (await presales.mine(placed.order_id)).ships_at.astimezone(ZoneInfo(shop.time_zone))
    async with tenants.transaction():
        (message,) = await engagement.messages_of_order(placed.order_id)
    assert str(day.day) in engagement.sentence_of(message).split("from ")[-1]


async def test_a_deposit_order_cannot_be_paid_in_cash_at_the_door_or_reduced(shop: Tenant) -> None:
    placed = await campaigns.join(await presales.presale_campaign(), units=2)

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
    assert order.deposit_amount == 2 * DEPOSIT
    assert order.takes(DEPOSIT)
    assert not order.takes(3 * DEPOSIT)
