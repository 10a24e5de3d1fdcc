"""A ladder's page: the price stairs, how many are missing to the next one, and what came back of whose orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import group_buying, orders
from app.flows.campaign_offer import Offer
from app.flows.campaign_words import reason
from app.group_buying import Campaign, LadderTerms
from app.identity import Visit
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage, Values

JOINED = """
SELECT nick, taken_at FROM participation WHERE campaign = $1 AND status IN ('taken', 'confirmed')
ORDER BY sequence_number DESC LIMIT 3
"""
MINE = """
SELECT paid.number, paid.total_amount AS paid_amount, share.status = 'settled' AS settled,
    coalesce(share.back_amount, 0) AS back_amount
FROM participation AS one JOIN orders AS paid ON paid.id = one.order_id
LEFT JOIN ladder_share AS share ON share.order_id = one.order_id
WHERE one.campaign = $1 AND one.status IN ('taken', 'confirmed')
    AND CASE WHEN paid.customer IS NULL THEN paid.visitor_id = $2 ELSE paid.customer = $3 END
ORDER BY one.sequence_number DESC LIMIT 5
"""


class LadderPage(KindPage):
    waits_for = N_("Final price")

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        final = await group_buying.ladders.final_of(offer.campaign.id)
        count = final.count if final else offer.count
        items = [item for item in offer.items.values() if item.active]
        return {
            "by_people": _by_people(offer.campaign),
            "stairs": [(item, group_buying.stairs.stairs_of(item, count)) for item in items],
            "count": count,
            "final": final,
            "joined": await tenants.connection().fetch(JOINED, offer.campaign.id),
            "mine": await _mine(offer.campaign.id, visit) if visit else [],
        }

    async def joining_facts(self, offer: Offer) -> dict[str, Any]:
        return {"pitch": reason(offer, tenants.current().currency)}

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        waits = order.status == "placed" and (await group_buying.participation_of(order.id)).waits
        return {
            "state_words": _("Paid, waits for the final price") if waits else "",
            "by_people": _by_people(campaign),
            "share": await group_buying.ladders.share_of(order.id),
            "final": await group_buying.ladders.final_of(campaign.id),
        }


def _by_people(campaign: Campaign) -> bool:
    return isinstance(campaign.terms, LadderTerms) and campaign.terms.counts == "people"


async def _mine(campaign_id: UUID, visit: Visit) -> list[Any]:
    return list(await tenants.connection().fetch(MINE, campaign_id, visit.visitor_id, visit.customer_id))
