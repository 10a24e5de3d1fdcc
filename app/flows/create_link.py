"""An approved promoter makes a link for the store, a product or a campaign, in a live session or outside one."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

import tenants
from app import group_buying, links, live, promoters
from app.kernel.errors import NotFound


class What(TypedDict):
    """What a link shows, and in which session."""

    product: UUID | None
    live_session: UUID | None
    campaign: UUID | None
    team: str


async def create_link(
    login_id: UUID,
    *,
    product_id: UUID | None = None,
    session_id: UUID | None = None,
    campaign_id: UUID | None = None,
    team: str = "",
    label: str = "",
) -> links.Link:
    """The link, or the one the promoter already has for exactly this. Raises NotApproved, NotFound, TooManyLinks."""
    async with tenants.transaction():
        promoter = await promoters.find_by_login(login_id)
        if promoter is None or promoter.status != "approved":
            raise promoters.NotApproved
        if session_id is not None:
            session = await live.find(session_id)
            if promoter.id not in await live.hosts_of(session):
                raise NotFound
            if session.status in ("ended", "settled"):
                raise live.SessionOver
        if product_id is not None:
            await _require_published(product_id)
        if campaign_id is not None:
            await _require_public(campaign_id, team)
            product_id = None
        what: What = {
            "product": product_id, "live_session": session_id, "campaign": campaign_id,
            "team": team if campaign_id else "",
        }  # fmt: skip
        return await links.find_same(promoter.id, **what) or await links.create(promoter.id, label=label, **what)


async def create_channel_link(
    channel_id: UUID, *, product_id: UUID | None = None, campaign_id: UUID | None = None, label: str = ""
) -> links.Link:
    """A link of the channel; there may be several to the same page, to tell one poster from another.

    Raises NotFound, ChannelClosed, TooManyLinks.
    """
    async with tenants.transaction():
        channel = await links.find_channel(channel_id, lock=True)
        if channel.status == "closed":
            raise links.ChannelClosed
        if product_id is not None:
            await _require_published(product_id)
        if campaign_id is not None:
            await _require_public(campaign_id, "")
            product_id = None
        if await links.count_of_channel(channel_id) >= links.MOST_LINKS:
            raise links.TooManyLinks(most=links.MOST_LINKS)
        wish = links.Wish(channel=channel_id, product=product_id, campaign=campaign_id)
        return (await links.make([wish], label=label))[wish]


async def _require_public(campaign_id: UUID, team: str) -> None:
    """The campaign can be seen, and the team is one of it. Raises NotFound."""
    if not (await group_buying.find(campaign_id)).is_public:
        raise NotFound
    if team:
        await group_buying.teams.find_by_code(campaign_id, team)


async def _require_published(product_id: UUID) -> None:
    status = await tenants.connection().fetchval("SELECT status FROM product WHERE id = $1", product_id)
    if status != "published":
        raise NotFound


async def pause_link(login_id: UUID, link_id: UUID, *, paused: bool) -> links.Link:
    """Visitors of a paused link still reach the store, but nobody earns from them. Raises NotFound."""
    async with tenants.transaction():
        promoter = await promoters.find_by_login(login_id)
        link = await links.find(link_id)
        if promoter is None or link.promoter != promoter.id:
            raise NotFound
        await (links.pause if paused else links.resume)(link_id)
    links.forget(tenants.current().id, link.code)
    return link
