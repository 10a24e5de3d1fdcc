"""A demand test on its page: how many want it, what is paid now and later, and what happens if too few do."""

from __future__ import annotations

from typing import Any

from app import orders, presale
from app.flows.campaign_offer import Offer
from app.flows.cart_contents import Contents
from app.flows.mode_demand_test import count, terms_of
from app.flows.mode_presale import deposit_in
from app.flows.run_demand_test import wish_key
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage, Values


class DemandTestPage(KindPage):
    waits_for = N_("Decision")
    counts_looks = True

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        campaign = offer.campaign
        wants = visit is not None and await presale.is_marked(
            campaign.id, "intent", wish_key(campaign.id, visit.visitor_id)
        )
        deposits = terms_of(campaign).deposits
        return {
            "counted": await count(campaign), "test": await presale.test_of(campaign.id), "wants": wants,
            "join_label": _("Pay the deposit and wait") if deposits else _("Order and wait"),
            "with_deposit": [item for item in offer.items.values() if item.active and str(item.variant) in deposits],
        }  # fmt: skip

    def first_payment(self, contents: Contents) -> int:
        if contents.offer is None:
            return contents.total_amount
        units = [(line.variant, line.quantity) for line in contents.lines]
        deposit, _worth = deposit_in(terms_of(contents.offer.campaign), units, contents.total_amount)
        return deposit or contents.total_amount

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        test = await presale.test_of(campaign.id)
        sold = await presale.presale_of(order.id) if order.deposit_amount else None
        waits = (order.is_paid or order.has_deposit) and order.status == "placed" and not test.verdict
        return {
            "test": test, "sold": sold, "state_words": _("Paid, waits for the decision") if waits else "",
            "kind_done": 1 if not order.has_deposit else 2 if not order.is_paid else 3,
            "deposit_kept": sold.deposit_amount if sold and sold.outcome == "forfeited" else 0,
            "leaving_costs": sold.deposit_amount if sold and sold.keeps_deposit and order.status == "placed" else 0,
        }  # fmt: skip
