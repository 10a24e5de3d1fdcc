"""A flash sale on its page: how much of it is gone, and what is still being paid."""

from __future__ import annotations

from typing import Any

from app.flows.campaign_offer import Offer
from app.identity import Visit
from app.storefront.campaign_kind import KindPage, Values


class FlashSalePage(KindPage):
    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        """Of all goods with a quota; none of them has one, and there is no figure to show."""
        limited = [item for item in offer.items.values() if item.active and item.quota is not None]
        return {
            "quota": sum(item.quota or 0 for item in limited), "units_left": sum(item.left or 0 for item in limited),
            "units_held": sum(item.held for item in limited),
        }  # fmt: skip
