"""A pre-sale on its page and on the page of its orders: what is paid when, and from which day it ships."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app import orders, presale
from app.flows.campaign_offer import Offer
from app.flows.cart_contents import Contents
from app.flows.mode_presale import deposit_in
from app.group_buying import Campaign, PresaleTerms
from app.identity import Visit
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage, Values


class PresalePage(KindPage):
    waits_for = N_("Day of shipping")

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        takes_deposit = _terms(offer.campaign).takes_deposit
        return {
            "plans": [plan for item in offer.items.values() if item.active and (plan := plan_of(offer, item.variant))],
            "join_label": _("Pay the deposit") if takes_deposit else _("Order now"),
        }

    def first_payment(self, contents: Contents) -> int:
        if contents.offer is None:
            return contents.total_amount
        units = [(line.variant, line.quantity) for line in contents.lines]
        deposit, _worth = deposit_in(_terms(contents.offer.campaign), units, contents.total_amount)
        return deposit or contents.total_amount

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        sold = await presale.presale_of(order.id)
        return {
            "sold": sold, "state_words": _(presale.words.STATES[sold.status][0]) if _speaks(order, sold) else "",
            "deposit_kept": sold.deposit_amount if sold.outcome == "forfeited" else 0,
            "kind_done": {"deposit_pending": 1, "deposit_paid": 2, "balance_open": 2}.get(sold.status, 3),
            "leaving_costs": sold.deposit_amount if sold.keeps_deposit and order.status == "placed" else 0,
        }  # fmt: skip


def _speaks(order: orders.Order, sold: presale.PresaleOrder) -> bool:
    """Whether the pre-sale says better than the order how far it is."""
    return order.status == "placed" and sold.status in (*presale.BETWEEN, "balance_paid")


def plan_of(offer: Offer, variant: UUID) -> dict[str, Any] | None:
    """What a unit costs in two payments; None when it is paid at once."""
    terms, item = _terms(offer.campaign), offer.items.get(variant)
    if item is None or not (deposit := terms.deposit_of(variant)):
        return None
    total = offer.price_of(variant) or 0
    return {
        "item": item, "deposit": deposit, "worth": terms.worth_of(variant), "total": total,
        "balance": max(total - deposit, 0), "price": item.price_at(offer.count),
    }  # fmt: skip


def _terms(campaign: Campaign) -> PresaleTerms:
    return campaign.terms if isinstance(campaign.terms, PresaleTerms) else PresaleTerms()
