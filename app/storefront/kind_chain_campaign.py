"""Chain orders for shoppers: the list with everybody's number, what the leader asks, and the order's own number."""

from __future__ import annotations

from typing import Any

from app import group_buying, orders, pickups, promoters
from app.flows.campaign_offer import Offer
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import gettext as _
from app.pickups import Pickup
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
        facts = {
            "chain_place": await group_buying.chains.numbers_of(order.id),
            "deliveries": group_buying.words.DELIVERIES,
        }
        pickup = await pickups.pickup_of(order.id)
        return facts | (await _handed(order, campaign, pickup) if pickup else {})


async def _handed(order: orders.Order, campaign: Campaign, pickup: Pickup) -> dict[str, Any]:
    """What the page says of goods that the leader hands out: no packing and no parcel."""
    waits = (await group_buying.participation_of(order.id)).waits
    names = [
        _("Ordered"),
        _("Paid"),
        *([_("List closed")] if campaign.terms.ships == "confirmed" else []),
        _("Handed out"),
    ]
    done = len(names) if pickup.collected_at else len(names) - 1 - waits if order.is_paid else 1
    over = not order.is_paid or order.status == "canceled" or order.payment_status == "refunded"
    now = _("Handed out") if pickup.collected_at else _("Paid, the leader hands it out")
    return {
        "pickup": pickup, "code": pickups.codes.in_groups(pickup.code), "step_names": names, "pickup_steps": done,
        "state_words": "" if over or waits else now,
    }  # fmt: skip
