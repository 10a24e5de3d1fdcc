"""Units lent to a session: sold there and nowhere else, and everybody's again at the end."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import inventory
from app.flows.cancel_order import cancel_order
from app.flows.run_show import answer_price, call_off_slot, end_session, plan_slot, take_off_air
from app.inventory import NotEnoughStock
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.invariants import check


async def test_lent_sold_in_part_and_returned(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=10)
    deal = await shows.lent(session, offer, units=6)
    assert (await selling.stock_of(offer))["reserved"] == 6

    await campaigns.join_and_pay(deal, units=2)
    held = await selling.stock_of(offer)
    await end_session(session.id, by=session.promoter)

    assert (held["reserved"], held["allocated"]) == (4, 2)
    assert await selling.stock_of(offer) == {"on_hand": 10, "reserved": 0, "allocated": 2}
    async with tenants.transaction():
        loan = (await inventory.loans_of([deal.id]))[deal.id]
    assert (loan.quantity, loan.left_over, loan.status) == (6, 0, "returned")
    await check(shop)


async def test_nobody_else_can_sell_what_is_lent(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=10)
    await shows.lent(session, offer, units=8, show=False)

    await selling.order(offer, quantity=2)
    with pytest.raises(NotEnoughStock):
        await selling.order(offer, quantity=1)

    await check(shop)


async def test_all_of_the_stock_can_be_lent_and_sold_on_air(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=5)
    deal = await shows.lent(session, offer, units=5)

    await asyncio.gather(*(campaigns.join_and_pay(deal) for _ in range(5)))

    assert await selling.stock_of(offer) == {"on_hand": 5, "reserved": 0, "allocated": 5}
    await check(shop)


@pytest.mark.parametrize("paid", [False, True])
async def test_a_canceled_order_gives_back_to_the_show(shop: Tenant, paid: bool) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=5)
    deal = await shows.lent(session, offer, units=5)
    placed = await (campaigns.join_and_pay if paid else campaigns.join)(deal, units=2)

    await cancel_order(placed.order_id, actor="shopper")

    with pytest.raises(NotEnoughStock):
        await selling.order(offer)
    assert (await selling.stock_of(offer))["reserved"] == 5
    await take_off_air(session.id, by=session.promoter)
    assert (await selling.stock_of(offer))["reserved"] == 0
    await check(shop)


async def test_an_order_canceled_after_the_show_gives_back_to_everybody(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=5)
    placed = await campaigns.join(await shows.lent(session, offer, units=5), units=2)
    await end_session(session.id, by=session.promoter)

    await cancel_order(placed.order_id, actor="shopper")

    assert await selling.stock_of(offer) == {"on_hand": 5, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_more_than_there_is_is_not_lent(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=3)
    slot = await plan_slot(session.id, offer.variant, by=session.promoter, amount=1000, units=4)

    with pytest.raises(NotEnoughStock):
        await answer_price(slot.id, amount=1000, quota=4, actor="Su He")

    assert ((await shows.slot_of(slot)).price_status, await selling.stock_of(offer)) == (
        "asked", {"on_hand": 3, "reserved": 0, "allocated": 0},
    )  # fmt: skip


async def test_a_slot_taken_out_of_the_plan_returns_what_it_was_lent(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=5)
    slot = await plan_slot(session.id, offer.variant, by=session.promoter, amount=1000, units=4)
    await answer_price(slot.id, amount=1000, quota=4, actor="Su He")

    await call_off_slot(session.id, slot.id, by=session.promoter)

    assert (await selling.stock_of(offer))["reserved"] == 0
    await check(shop)


async def test_a_session_nobody_ends_is_over_by_itself(shop: Tenant) -> None:
    session, offer = await shows.on_air(), await selling.offer(stock=5)
    await shows.lent(session, offer, units=4)

    await end_session(session.id)
    await end_session(session.id)

    assert (await selling.stock_of(offer))["reserved"] == 0
    await check(shop)
