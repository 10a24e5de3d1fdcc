"""Counting who looks and who wants it, what its verdict means for each order, and what a success turns into.

One transaction each.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import tenants
from app import engagement, group_buying, orders, presale
from app.flows import campaign_seats
from app.flows.mode_demand_test import open_balance
from app.flows.presale_mail import tell
from app.group_buying import Campaign, CampaignDraft, ItemDraft, PresaleTerms
from app.kernel.clock import now
from infra import crypto
from tenants import states

ROBOTS = ("bot", "spider", "crawl", "preview", "monitor")
USUAL_WAIT = timedelta(days=14)


async def count_look(campaign: Campaign, who: str, agent: str) -> None:
    """Somebody looks at the page. `who` is a session or else an address; only its keyed hash of today stays."""
    if not campaign.is_running() or any(word in agent.lower() for word in ROBOTS):
        return
    async with tenants.transaction():
        await presale.mark(campaign.id, "view", _key(campaign.id, f"{now().date()}:{who}:{agent}"))


async def say_i_want_it(code: str, visitor_id: UUID) -> bool:
    """Once for a session. False when it was said before. Raises NotFound, NotRunning."""
    states.require(tenants.current(), "place_order")
    async with tenants.transaction():
        campaign = await group_buying.find_by_code(code)
        if campaign.kind != "demand_test" or not campaign.is_running():
            raise group_buying.NotRunning
        first = await presale.mark(campaign.id, "intent", wish_key(campaign.id, visitor_id))
        if first:
            campaign_seats.tell(campaign.id)
        return first


def wish_key(campaign_id: UUID, visitor_id: UUID) -> str:
    return _key(campaign_id, f"wants:{visitor_id}")


async def ask_balance(order_id: UUID) -> bool:
    """A success: whoever paid a deposit is asked for the rest. False when it was before, or the order is gone."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        mine = await presale.presale_of(order_id)
        if mine.status != "deposit_paid":
            return False
        await open_balance(order, await group_buying.find(mine.campaign), mine)
        return True


async def tell_verdict(order_id: UUID, verdict: str, until: datetime | None = None) -> bool:
    """What was decided, and what it means for the money of this order. False when it was told before."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        kind, moment = f"demand.{verdict}", until.isoformat() if until else None
        told = await engagement.messages_of_order(order_id)
        if any(known.kind == kind and known.facts.get("deadline") == moment for known in told):
            return False
        await tell(order, kind, amount=order.paid_amount, deadline=until)
        return True


async def turn_into(campaign_id: UUID, kind: Literal["presale", "flash_sale"], *, actor: str) -> UUID:
    """The same goods at the same prices as a draft of another kind. Raises WrongMoment unless it was a go."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        campaign = await group_buying.find(campaign_id)
        if campaign.kind != "demand_test" or (await presale.test_of(campaign_id)).verdict != "go":
            raise group_buying.WrongMoment
        moment = now()
        terms = PresaleTerms(ships_at=moment + USUAL_WAIT) if kind == "presale" else group_buying.terms_of(kind, {})
        items = [
            ItemDraft(item.variant, item.price_amount, item.quota)
            for item in await group_buying.items_of(campaign_id)
            if item.active
        ]
        draft = CampaignDraft(
            kind=kind, title=campaign.title, terms=terms, items=items, share_text=campaign.share_text,
            story=campaign.story, cover_key=campaign.cover_key, ends_at=moment + timedelta(days=7),
            person_limit=campaign.person_limit, leader=campaign.leader,
        )  # fmt: skip
        return await group_buying.save(draft, None, actor=actor)


def _key(campaign_id: UUID, text: str) -> str:
    return crypto.sign(f"{campaign_id}:{text}", "demand-test", size=15)
