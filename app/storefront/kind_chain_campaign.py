"""Chain orders for shoppers: the list with everybody's number, what the leader asks, and the order's own number."""

from __future__ import annotations

from typing import Any

from app import group_buying, orders, promoters
from app.flows.campaign_offer import Offer
from app.group_buying import Campaign
from app.identity import Visit
from app.storefront.campaign_kind import KindPage, Values

PAGE = 20
ANSWER = "answer_"
LONGEST_ANSWER = 200


class ChainPage(KindPage):
    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        """One page of the list, newest number first; `before` is the last number of the page before."""
        campaign, before = offer.campaign, query.get("before", "")
        start = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else None
        entries = await group_buying.chains.entries_of(campaign.id, before=start, limit=PAGE + 1)
        return {
            "entries": entries[:PAGE],
            "older": entries[PAGE - 1].number if len(entries) > PAGE else None,
            "before": start,
            "leader": await promoters.find(campaign.leader) if campaign.leader else None,
        }

    def choices(self, values: Values) -> dict[str, Any]:
        """Answers by what was asked; a field that was left empty is no answer."""
        answers = {
            name.removeprefix(ANSWER): " ".join(value.split())[:LONGEST_ANSWER]
            for name, value in values.items()
            if name.startswith(ANSWER) and value.strip()
        }
        return {"fields": answers}

    async def joining_facts(self, offer: Offer) -> dict[str, Any]:
        leader = offer.campaign.leader
        return {
            "leader": await promoters.find(leader) if leader else None,
            "deliveries": group_buying.words.DELIVERIES,
        }

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        return {
            "chain_place": await group_buying.chains.numbers_of(order.id),
            "deliveries": group_buying.words.DELIVERIES,
        }
