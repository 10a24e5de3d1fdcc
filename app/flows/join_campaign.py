"""A shopper takes part in a campaign: the goods chosen on its page go into a cart of their own, ready for checkout.

One transaction. Nothing is held yet; what is checked here is checked again, for good, when the order is placed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants
from app import group_buying, orders
from app.flows.campaign_modes import mode_of
from app.flows.campaign_offer import offer_by_code, require_audience
from tenants import states


async def join_campaign(
    code: str, visitor_id: UUID, units: Mapping[UUID, int], choices: Mapping[str, Any], *, customer_id: UUID | None
) -> UUID:
    """Answers the cart to check out. `units` are asked for by variant, `choices` is what the kind wants to know.

    Raises NotFound, NotRunning, NotForYou, NothingChosen, NotOffered, LimitReached, QuotaGone and what the kind
    refuses.
    """
    states.require(tenants.current(), "place_order")
    async with tenants.transaction():
        wanted = {variant: min(count, orders.MOST_PER_LINE) for variant, count in units.items() if count > 0}
        offer = await offer_by_code(code, choices)
        campaign = offer.campaign
        if not offer.is_open:
            raise group_buying.NotRunning
        if not wanted:
            raise group_buying.NothingChosen
        await require_audience(campaign, customer_id)
        for variant, count in wanted.items():
            left = offer.left_of(variant)
            if offer.price_of(variant) is None:
                raise group_buying.NotOffered
            if left is not None and left < count:
                raise group_buying.QuotaGone(title=offer.items[variant].title, left=left)
        if campaign.person_limit is not None and sum(wanted.values()) > campaign.person_limit:
            raise group_buying.LimitReached(limit=campaign.person_limit)
        await mode_of(campaign).check_joining(campaign, choices, wanted)
        return await orders.fill_joining_cart(visitor_id, campaign.id, wanted, choices, customer_id=customer_id)
