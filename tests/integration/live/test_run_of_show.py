"""A show in parts: one product on air at a time, at a price the merchant granted, with units lent to it."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import group_buying, live, promoters
from app.flows.run_show import answer_price, call_off_slot, end_session, move_slot, plan_slot, put_on_air, take_off_air
from app.kernel.errors import InvalidInput, NotFound
from app.live import LiveSession, Slot
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.faults import jobs
from tests.invariants import check

ELSEWHERE = ("fulfillment.", "payments.", "attribution.", "messaging.")


async def _on_air(host: Promoter) -> LiveSession:
    async with tenants.transaction():
        session = await live.schedule(host.id, "Peach night", "douyin")
        await live.start(session.id)
        return await live.find(session.id)


async def _slot(slot: Slot) -> Slot:
    async with tenants.transaction():
        return await live.find_slot(slot.id)


async def _follow() -> None:
    await jobs.work(*ELSEWHERE)


async def _campaign(slot: Slot) -> group_buying.Campaign:
    found = (await _slot(slot)).campaign
    assert found is not None
    return await campaigns.look(found)


async def _priced(session: LiveSession, offer: selling.Offer, *, units: int = 3) -> Slot:
    slot = await plan_slot(session.id, offer.variant, by=session.promoter, amount=3000, units=units)
    await answer_price(slot.id, amount=3000, quota=units, actor="Su He")
    return slot


async def test_one_product_is_on_air_at_a_time(shop: Tenant) -> None:
    session = await _on_air(await build.promoter())
    first, second = [
        await plan_slot(session.id, (await selling.offer()).variant, by=session.promoter) for _ in range(2)
    ]

    await put_on_air(session.id, first.id, by=session.promoter)
    await put_on_air(session.id, second.id, by=session.promoter)
    await put_on_air(session.id, second.id, by=session.promoter)

    assert ((await _slot(first)).status, (await _slot(second)).status) == ("done", "on_air")
    with pytest.raises(live.SlotOver):
        await put_on_air(session.id, first.id, by=session.promoter)


async def test_of_many_who_press_at_once_one_slot_is_on_air(shop: Tenant) -> None:
    session = await _on_air(await build.promoter())
    offer = await selling.offer()
    slots = [await plan_slot(session.id, offer.variant, by=session.promoter) for _ in range(6)]

    await asyncio.gather(*(put_on_air(session.id, slot.id, by=session.promoter) for slot in slots))

    assert sorted([(await _slot(slot)).status for slot in slots]) == ["done"] * 5 + ["on_air"]


async def test_the_live_price_is_there_while_its_product_is_on_air(shop: Tenant) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer(stock=10)
    slot = await _priced(session, offer)
    assert (await _campaign(slot)).status == "draft"

    await put_on_air(session.id, slot.id, by=session.promoter)
    await _follow()
    placed = await campaigns.join_and_pay(await _campaign(slot), units=2)
    async with tenants.transaction():
        listed = await group_buying.running()
    await take_off_air(session.id, by=session.promoter)
    await _follow()

    closed = await _campaign(slot)
    assert (closed.status in ("closed", "settled"), closed.taken_units, listed) == (True, 2, [])
    assert placed
    with pytest.raises(group_buying.NotRunning):
        await campaigns.join(closed)
    await check(shop)


async def test_no_more_is_sold_at_the_live_price_than_was_lent(shop: Tenant) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer(stock=10)
    slot = await _priced(session, offer, units=2)
    await put_on_air(session.id, slot.id, by=session.promoter)
    await _follow()
    deal = await _campaign(slot)

    await campaigns.join_and_pay(deal, units=2)

    with pytest.raises(group_buying.QuotaGone):
        await campaigns.join(deal)
    assert (await selling.stock_of(offer))["on_hand"] == 10
    await check(shop)


async def test_a_slot_that_was_over_before_its_price_opened_never_opens_it(shop: Tenant) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer()
    slot = await _priced(session, offer)

    await put_on_air(session.id, slot.id, by=session.promoter)
    await end_session(session.id, by=session.promoter)
    await _follow()

    assert ((await _campaign(slot)).status, (await _slot(slot)).status) == ("draft", "done")


async def test_only_hosts_of_the_session_touch_its_plan_and_only_while_they_are_approved(shop: Tenant) -> None:
    host, guest, stranger = [await build.promoter() for _ in range(3)]
    session, offer = await _on_air(host), await selling.offer()
    async with tenants.transaction():
        await live.invite(session, guest.id, share_bps=0)
        await live.answer_invitation(session.id, guest.id, yes=True)
    slot = await plan_slot(session.id, offer.variant, by=guest.id)

    with pytest.raises(NotFound):
        await put_on_air(session.id, slot.id, by=stranger.id)
    async with tenants.transaction():
        await promoters.suspend(guest.id, by="Su He")
    with pytest.raises(promoters.NotApproved):
        await put_on_air(session.id, slot.id, by=guest.id)
    with pytest.raises(InvalidInput):
        await plan_slot(session.id, offer.variant, by=host.id, host=stranger.id)


@pytest.mark.parametrize("amount", [0, 4390, 5000])
async def test_a_live_price_is_below_the_usual_one(shop: Tenant, amount: int) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer(price=4390)

    with pytest.raises(InvalidInput):
        await plan_slot(session.id, offer.variant, by=session.promoter, amount=amount)


async def test_a_price_is_answered_once(shop: Tenant) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer()
    slot = await plan_slot(session.id, offer.variant, by=session.promoter, amount=3000)

    await answer_price(slot.id, amount=None, quota=None, words="Too low.", actor="Su He")

    assert ((await _slot(slot)).price_status, (await _slot(slot)).campaign) == ("refused", None)
    with pytest.raises(live.PriceNotAsked):
        await answer_price(slot.id, amount=3500, quota=1, actor="Su He")


async def test_the_plan_is_put_in_order_and_parts_are_taken_out(shop: Tenant, other_shop: Tenant) -> None:
    session, offer = await _on_air(await build.promoter()), await selling.offer()
    a, b, c = [await plan_slot(session.id, offer.variant, by=session.promoter) for _ in range(3)]

    await move_slot(session.id, c.id, earlier=True, by=session.promoter)
    await move_slot(session.id, a.id, earlier=True, by=session.promoter)
    await call_off_slot(session.id, b.id, by=session.promoter)

    async with tenants.transaction():
        plan: list[UUID] = [slot.id for slot in await live.slots_of(session.id)]
    assert plan == [a.id, c.id]
    with tenants.bind(other_shop), pytest.raises(NotFound):
        await put_on_air(session.id, a.id, by=session.promoter)
