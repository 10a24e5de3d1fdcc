"""Community group buys on the shopper's pages: the points to choose from, and the pickup code of an order."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app import group_buying, orders, pickups
from app.flows.campaign_offer import Offer
from app.flows.mode_community import ready_on, terms_of
from app.flows.postal_address import in_lines
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import gettext as _
from app.pickups import Pickup
from app.storefront.campaign_kind import KindPage, Values

# How far the steps of the order's page are: ordered, paid, confirmed, ready, picked up.
READY = {"waiting": 3, "arrived": 4, "overdue": 4, "collected": 5}


class CommunityPage(KindPage):
    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        offered = await pickups.open_points(terms_of(offer.campaign).points)
        last = await pickups.last_point_of(visit.customer_id, visit.visitor_id) if visit else None
        chosen = query.get("point") or str(last or "")
        if chosen not in {str(point.id) for point in offered}:
            chosen = str(offered[0].id) if len(offered) == 1 else ""
        return {
            "points": offered, "chosen_point": chosen, "in_lines": in_lines, "ready_on": self._ready_on(offer.campaign),
            "terms": terms_of(offer.campaign),
        }  # fmt: skip

    def choices(self, values: Values) -> dict[str, Any]:
        return {"point": values.get("point", "")}

    async def joining_facts(self, offer: Offer) -> dict[str, Any]:
        return {"ready_on": self._ready_on(offer.campaign)}

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        pickup = await pickups.find(order.id)
        waits = (await group_buying.participation_of(order.id)).waits
        return {
            "pickup": pickup, "point": await pickups.find_point(pickup.point) if pickup.point else None,
            "pickup_waits": waits,
            "step_names": [_("Ordered"), _("Paid"), _("Cut-off"), _("Ready to pick up"), _("Picked up")],
            "pickup_steps": _steps(order, pickup, waits=waits), "state_words": _state(order, pickup, waits=waits),
            "code": pickups.codes.in_groups(pickup.code), "pickup_words": pickups.words,
            "ready_on": self._ready_on(campaign),
        }  # fmt: skip

    def _ready_on(self, campaign: Campaign) -> Any:
        return ready_on(campaign, ZoneInfo(tenants.current().time_zone))


def _steps(order: orders.Order, pickup: Pickup, *, waits: bool) -> int:
    if not order.is_paid:
        return 1
    return 2 if waits else READY.get(pickup.status, 2)


def _state(order: orders.Order, pickup: Pickup, *, waits: bool) -> str:
    """What the page says first; empty where an order to pick up is like any other."""
    if not order.is_paid or order.status == "canceled" or order.payment_status == "refunded":
        return ""
    return _("Paid, waits for the cut-off") if waits else _(pickups.words.STATES[pickup.status][0])
