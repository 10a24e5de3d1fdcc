"""An approved promoter makes a link for the store or one product, in a live session or outside one."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import links, live, promoters
from app.kernel.errors import NotFound


async def create_link(
    login_id: UUID, *, product_id: UUID | None = None, session_id: UUID | None = None, label: str = ""
) -> links.Link:
    """The link, or the one the promoter already has for exactly this. Raises NotApproved, NotFound, TooManyLinks."""
    async with tenants.transaction():
        promoter = await promoters.find_by_login(login_id)
        if promoter is None or promoter.status != "approved":
            raise promoters.NotApproved
        if session_id is not None:
            session = await live.find(session_id)
            if session.promoter != promoter.id:
                raise NotFound
            if session.status in ("ended", "settled"):
                raise live.SessionOver
        if product_id is not None:
            await _require_published(product_id)
        known = await links.find_same(promoter.id, product=product_id, live_session=session_id)
        return known or await links.create(promoter.id, product=product_id, live_session=session_id, label=label)


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
