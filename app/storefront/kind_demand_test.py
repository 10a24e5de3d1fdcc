"""A demand test on its page: how many want it, and what happens if too few do."""

from __future__ import annotations

from typing import Any

from app import orders, presale
from app.flows.campaign_offer import Offer
from app.flows.mode_demand_test import count
from app.flows.run_demand_test import wish_key
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage, Values


class DemandTestPage(KindPage):
    counts_looks = True

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        campaign = offer.campaign
        wants = visit is not None and await presale.is_marked(
            campaign.id, "intent", wish_key(campaign.id, visit.visitor_id)
        )
        return {
            "counted": await count(campaign), "test": await presale.test_of(campaign.id), "wants": wants,
            "join_label": _("Order and wait"),
        }  # fmt: skip

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        test = await presale.test_of(campaign.id)
        waits = order.is_paid and order.status == "placed" and not test.verdict
        return {"test": test, "state_words": _("Paid, waits for the decision") if waits else ""}
