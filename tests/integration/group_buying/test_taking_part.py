"""Taking part in a campaign: at its price, within its quota and limits, with a number in the order of payment."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import group_buying, orders
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.run_campaign import clone_campaign, close_campaign, settle_campaign, unpublish_campaign
from app.group_buying import LimitReached, NotRunning, QuotaGone
from app.kernel.errors import NotFound
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.invariants import check


async def test_a_shopper_pays_the_campaigns_price(shop: Tenant) -> None:
    peaches = await selling.offer(price=4390)
    sale = await campaigns.campaign(peaches, price=2990, quota=5)

    placed = await campaigns.join_and_pay(sale, units=2)

    async with tenants.transaction():
        order, (line,) = await orders.find(placed.order_id), await orders.lines_of(placed.order_id)
    assert (order.total_amount, order.campaign, line.price_breakdown["campaign"]) == (5980, sale.id, -2800)
    one, item = await campaigns.participation(placed.order_id), await campaigns.item(sale.id)
    assert (one.status, one.sequence_number, item.held, item.taken) == ("confirmed", 1, 0, 2)
    await check(shop)


async def test_of_many_who_want_the_last_unit_one_gets_it(shop: Tenant) -> None:
    sale = await campaigns.campaign(quota=3)

    outcomes = await asyncio.gather(*(campaigns.join(sale) for _ in range(12)), return_exceptions=True)

    assert sum(isinstance(each, QuotaGone) for each in outcomes) == 9
    assert (await campaigns.item(sale.id)).held == 3
    await check(shop)


async def test_numbers_follow_the_order_of_payment_without_gaps(shop: Tenant) -> None:
    sale = await campaigns.campaign()
    placed = [await campaigns.join(sale) for _ in range(8)]
    await cancel_order(placed[3].order_id, actor="shopper")

    await asyncio.gather(*(campaigns.pay(one) for one in placed if one is not placed[3]))

    numbers = [(await campaigns.participation(one.order_id)).sequence_number for one in placed]
    assert numbers[3] is None
    assert sorted(number for number in numbers if number) == list(range(1, 8))
    assert ((await campaigns.look(sale.id)).taken_units, (await campaigns.look(sale.id)).taken_people) == (7, 7)
    await check(shop)


async def test_a_person_has_no_more_than_the_limit_over_all_orders(shop: Tenant) -> None:
    sale = await campaigns.campaign(person_limit=2)

    outcomes = await asyncio.gather(
        *(campaigns.join(sale, phone="13912345678") for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(each, LimitReached) for each in outcomes) == 3
    await check(shop)


async def test_what_is_not_paid_in_time_can_be_had_by_others(shop: Tenant) -> None:
    sale = await campaigns.campaign(quota=1, person_limit=1)
    late = await campaigns.join(sale, phone="13912345678")
    await selling.run_out_of_time(late.order_id)

    await expire_reservation(late.order_id, None)

    assert (await campaigns.participation(late.order_id)).status == "released"
    await campaigns.join_and_pay(sale, phone="13912345678")
    assert await campaigns.pay(late) == "late"
    await check(shop)


async def test_a_called_off_order_keeps_its_number_and_gives_its_units_back(shop: Tenant) -> None:
    sale = await campaigns.campaign(quota=1)
    placed = await campaigns.join_and_pay(sale)

    await cancel_order(placed.order_id, actor="shopper")

    one, item = await campaigns.participation(placed.order_id), await campaigns.item(sale.id)
    assert (one.status, one.sequence_number, item.taken) == ("released", 1, 0)
    second = await campaigns.join_and_pay(sale)
    assert (await campaigns.participation(second.order_id)).sequence_number == 2
    assert (await campaigns.look(sale.id)).taken_units == 1
    await check(shop)


async def test_a_paid_order_that_waits_for_its_group_is_not_sent(shop: Tenant) -> None:
    chain = await campaigns.campaign(kind="chain_campaign", terms={"ships": "confirmed"})
    placed = await campaigns.join_and_pay(chain)

    await plan_fulfillment(placed.order_id)

    async with tenants.transaction():
        work = await tenants.connection().fetchrow("SELECT status, status_reason FROM fulfillment_order")
    assert work is not None
    assert tuple(work) == ("on_hold", "group_buying.waits")
    assert await selling.jobs("fulfillment.push_order") == 0
    await check(shop)


async def test_a_campaign_that_is_over_takes_nobody_in_and_is_settled_when_everybody_has_paid(shop: Tenant) -> None:
    sale = await campaigns.campaign()
    paid, unpaid = await campaigns.join_and_pay(sale), await campaigns.join(sale)
    await campaigns.end(sale.id)
    await close_campaign(sale.id)

    with pytest.raises(NotRunning):
        await campaigns.join(sale)
    assert not await settle_campaign(sale.id)
    await campaigns.pay(unpaid)
    assert await settle_campaign(sale.id)

    settled = await campaigns.look(sale.id)
    assert (settled.status, settled.result["orders"], settled.result["net_amount"]) == ("settled", 2, 5980)
    assert (await campaigns.participation(paid.order_id)).status == "confirmed"
    await check(shop)


async def test_a_campaign_closed_early_says_who_did_it_and_why(shop: Tenant) -> None:
    sale = await campaigns.campaign()

    await unpublish_campaign(sale.id, actor="owner@example.test", reason="wrong price")

    async with tenants.transaction():
        newest = (await group_buying.events_of(sale.id))[0]
    assert (newest.cause, newest.actor, newest.details["reason"]) == (
        "closed_early", "owner@example.test", "wrong price"
    )  # fmt: skip


async def test_a_copy_offers_the_same_and_starts_as_a_draft(shop: Tenant) -> None:
    sale = await campaigns.campaign(price=2990, quota=7)

    copy = await campaigns.look(await clone_campaign(sale.id, actor="owner"))

    item = await campaigns.item(copy.id)
    assert (copy.status, copy.ends_at, item.price_amount, item.quota, item.taken) == ("draft", None, 2990, 7, 0)
    assert copy.code != sale.code


async def test_another_stores_campaign_does_not_exist_here(shop: Tenant, other_shop: Tenant) -> None:
    sale = await campaigns.campaign()
    tenant = tenants.current()
    assert tenant == shop

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await campaigns.look(sale.id)
