"""The life of a campaign: written, published, opened and closed by the clock or by hand, settled.

Each step is one transaction on the campaign's locked row and may be told twice. Jobs by the clock carry no truth: they
look at the row, so a campaign whose end was moved is closed by the later job.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs

import tenants
from app import group_buying, store
from app.flows.campaign_modes import mode_of
from app.flows.campaign_result import count_result
from app.flows.campaign_seats import tell
from app.group_buying import Campaign, CampaignDraft, ItemDraft
from app.kernel.clock import now
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from tenants import outbox, states


async def save_campaign(draft: CampaignDraft, campaign_id: UUID | None, *, actor: str) -> UUID:
    """Write a new campaign, or change one that is not over. Raises InvalidInput, WrongMoment, NotFound."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        known = await group_buying.lock(campaign_id) if campaign_id else None
        if known and known.status in ("closed", "settled"):
            raise group_buying.WrongMoment
        draft = await mode_of(draft).finish_draft(draft, known)
        saved = await group_buying.save(draft, known, actor=actor)
        if known and known.status != "draft":
            await _post_clock(await group_buying.find(saved))
        await store.touch()
        tell(saved)
    await store.announce(tenants.current())
    return saved


async def publish_campaign(campaign_id: UUID, *, actor: str) -> None:
    """Shoppers may see it; it opens now or by the clock. Raises NotPublishable, WrongMoment, NotFound."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        await _require_complete(campaign)
        later = campaign.starts_at is not None and campaign.starts_at > now()
        await group_buying.move(campaign, "scheduled" if later else "open", cause="published", actor=actor)
        await _post_clock(campaign)
        await store.touch()
        tell(campaign_id)
    await store.announce(tenants.current())


async def unpublish_campaign(campaign_id: UUID, *, actor: str, reason: str = "") -> None:
    """Taken back. Before it began it is a draft again; a running one is closed, and what waits in it goes back."""
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        if campaign.status == "scheduled":
            await group_buying.move(campaign, "draft", cause="unpublished", actor=actor, reason=reason)
        else:
            await _close(campaign, cause="closed_early", actor=actor, reason=reason)
        await store.touch()
    await store.announce(tenants.current())


async def open_campaign(campaign_id: UUID) -> None:
    """Its time has come."""
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        if campaign.status == "scheduled" and campaign.is_running():
            await group_buying.move(campaign, "open", cause="opened_by_clock")
            await store.touch()
            tell(campaign_id)
    await store.announce(tenants.current())


async def close_campaign(campaign_id: UUID) -> None:
    """Its time is over, or what it depends on has ended. Nothing happens while the end lies ahead."""
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        over = campaign.ends_at is not None and campaign.ends_at <= now()
        cause = "closed_by_clock" if over else await mode_of(campaign).over_because(campaign)
        if campaign.status in ("scheduled", "open") and cause:
            if over and (later := await mode_of(campaign).new_end(campaign)):
                await _go_on(campaign, later)
            else:
                await _close(campaign, cause=cause)
            await store.touch()
    await store.announce(tenants.current())


async def settle_campaign(campaign_id: UUID) -> bool:
    """Count what it came to, once nobody can pay any more and its kind has ended everything. False: ask again later."""
    async with tenants.transaction():
        campaign = await group_buying.lock(campaign_id)
        if campaign.status != "closed":
            return True
        mode = mode_of(campaign)
        done = not await group_buying.has_unpaid(campaign_id) and await mode.settle(campaign)
        await group_buying.write_result(campaign_id, await count_result(campaign_id))
        if done:
            await group_buying.move(campaign, "settled", cause="settled")
            await store.touch()
        else:
            await outbox.post(
                "group_buying.settle", key=f"settle:{campaign_id}", delay=mode.patience, campaign_id=campaign_id
            )
        tell(campaign_id)
    return done


async def clone_campaign(campaign_id: UUID, *, actor: str) -> UUID:
    """The same again as a draft without times."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        known = await group_buying.find(campaign_id)
        shares = await group_buying.chains.shares_of(campaign_id)
        items = [
            ItemDraft(item.variant, item.price_amount, item.quota, item.tiers, shares.get(item.variant))
            for item in await group_buying.items_of(campaign_id)
            if item.active
        ]
        draft = replace(draft_of(known), items=items, starts_at=None, ends_at=None)
        return await group_buying.save(draft, None, actor=actor)


async def repeat_campaign(campaign_id: UUID, *, actor: str) -> UUID:
    """The same again on the next day it can still be had, by the store's calendar: a draft with its times."""
    states.require(tenants.current(), "edit")
    async with tenants.transaction():
        known = await group_buying.find(campaign_id)
        if known.ends_at is None:
            raise group_buying.WrongMoment
        zone, moment = ZoneInfo(tenants.current().time_zone), now()
        ends_at = known.ends_at.astimezone(zone)
        while ends_at <= max(moment, known.ends_at):
            ends_at += timedelta(days=1)  # of the calendar: the hour stays when clocks are changed
        before = ends_at - timedelta(days=1)
        items = [
            ItemDraft(item.variant, item.price_amount, item.quota, item.tiers)
            for item in await group_buying.items_of(campaign_id)
            if item.active
        ]
        draft = replace(
            draft_of(known), items=items, starts_at=before if before > moment else None, ends_at=ends_at,
            terms=structs.replace(known.terms, ships_by=None),  # the day of the old one is over
        )  # fmt: skip
        return await group_buying.save(draft, None, actor=actor)


def draft_of(campaign: Campaign) -> CampaignDraft:
    """What a person decided about a campaign, without its items."""
    return CampaignDraft(
        kind=campaign.kind, title=campaign.title, terms=campaign.terms, items=(), share_text=campaign.share_text,
        story=campaign.story, cover_key=campaign.cover_key, starts_at=campaign.starts_at, ends_at=campaign.ends_at,
        audience=campaign.audience, person_limit=campaign.person_limit, takes_coupons=campaign.takes_coupons,
        leader=campaign.leader, supply=campaign.supply,
    )  # fmt: skip


async def _close(campaign: Campaign, *, cause: str, actor: str = "system", reason: str = "") -> None:
    if await group_buying.move(campaign, "closed", cause=cause, actor=actor, reason=reason):
        await mode_of(campaign).close(campaign)
        await outbox.post("group_buying.settle", key=f"settle:{campaign.id}", campaign_id=campaign.id)
        tell(campaign.id)


async def _go_on(campaign: Campaign, until: datetime) -> None:
    """Its kind's own rules give it more time."""
    await group_buying.set_end(campaign.id, until)
    await group_buying.note(campaign.id, "extended", details={"until": until.isoformat()})
    await _post_clock(await group_buying.find(campaign.id))
    tell(campaign.id)


async def _post_clock(campaign: Campaign) -> None:
    for kind, moment in (("open", campaign.starts_at), ("close", campaign.ends_at)):
        if moment is not None:
            await outbox.post(
                f"group_buying.{kind}", queue="critical", key=f"{kind}:{campaign.id}:{moment.isoformat()}",
                delay=max(moment - now(), timedelta(0)), campaign_id=campaign.id,
            )  # fmt: skip


async def _require_complete(campaign: Campaign) -> None:
    items = [item for item in await group_buying.items_of(campaign.id) if item.active]
    missing = []
    if not items:
        missing.append(_(N_("goods")))
    if campaign.ends_at is None:
        missing.append(_(N_("the time it ends")))
    elif campaign.ends_at <= now():
        missing.append(_(N_("an end that lies ahead")))
    if missing:
        raise group_buying.NotPublishable(missing=", ".join(missing))
