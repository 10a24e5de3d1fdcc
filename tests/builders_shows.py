"""Live sessions with slots, gifts and hosts, for tests."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import group_buying, live
from app.flows.gifts_on_air import announce_gift, answer_gift, ask_gift
from app.flows.run_show import answer_price, plan_slot, put_on_air, start_session
from app.live import Gift, LiveSession, Slot
from app.promoters import Promoter
from tests import builders_campaigns as campaigns
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.faults import jobs

ELSEWHERE = ("fulfillment.", "payments.", "attribution.", "messaging.", "live.end_forgotten")


async def on_air(host: Promoter | None = None) -> LiveSession:
    """A session that has begun."""
    host = host or await build.promoter()
    async with tenants.transaction():
        session = await live.schedule(host.id, "Peach night", "douyin")
    await start_session(session.id, by=host.id)
    async with tenants.transaction():
        return await live.find(session.id)


async def shown(session: LiveSession, offer: selling.Offer, *, by: UUID | None = None) -> Slot:
    """The product is on air, at its usual price."""
    slot = await plan_slot(session.id, offer.variant, by=by or session.promoter)
    await put_on_air(session.id, slot.id, by=session.promoter)
    return await slot_of(slot)


async def lent(session: LiveSession, offer: selling.Offer, *, units: int, show: bool = True) -> group_buying.Campaign:
    """The live price of a slot with so many units, open where it is shown."""
    slot = await plan_slot(session.id, offer.variant, by=session.promoter, amount=1000, units=units)
    await answer_price(slot.id, amount=1000, quota=units, actor="Su He")
    if show:
        await put_on_air(session.id, slot.id, by=session.promoter)
        await follow()
    campaign = (await slot_of(slot)).campaign
    assert campaign is not None
    return await campaigns.look(campaign)


async def gift(
    session: LiveSession, slot: Slot, cup: selling.Offer, *, quota: int = 5, on_return: str = "asked_back",
    announce: bool = True, **rule: Any,
) -> Gift:  # fmt: skip
    asked = await ask_gift(session.id, slot.id, cup.variant, by=session.promoter, quota=quota, **rule)
    await answer_gift(asked.id, quota=quota, on_return=on_return)
    if announce:
        await announce_gift(session.id, asked.id, by=session.promoter)
    return await look(asked)


async def look(gift: Gift) -> Gift:
    async with tenants.transaction():
        return await live.find_gift(gift.id)


async def slot_of(slot: Slot) -> Slot:
    async with tenants.transaction():
        return await live.find_slot(slot.id)


async def follow() -> None:
    await jobs.work(*ELSEWHERE)
