"""Share posters of links: composed from the store's look and what the link shows."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import tenants
from app.flows import campaign_pictures
from app.flows.campaign_offer import offer_of
from app.portal import queries
from app.portal.frame import Place
from app.store import profile_for_page


async def compose(place: Place, link_id: UUID, address: Callable[[str], str]) -> campaign_pictures.Sheet:
    """Raises NotFound for somebody else's link."""
    store = await profile_for_page(place.tenant)
    async with tenants.transaction():
        facts = await queries.poster_facts(place.promoter.id, link_id)
        offer = await offer_of(facts["campaign"]) if facts["campaign"] else None
    name, url, currency = facts["promoter_name"], address(facts["code"]), place.tenant.currency
    if offer:
        return campaign_pictures.compose("poster", offer, store, currency, url, sharer=name)
    return campaign_pictures.compose_plain(
        "poster", store, place.tenant, url, sharer=name, title=facts["title"] or "",
        price_amount=facts["price_from_amount"], was_amount=facts["compare_at_amount"], picture_key=facts["cover_key"],
    )  # fmt: skip
