"""Which kind of campaign shows itself by which page. A new kind adds a module of its own and one line here."""

from __future__ import annotations

from typing import Any

from app import group_buying, orders
from app.flows.delivery_way import way_of
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage
from app.storefront.campaign_sharing import order_sharing
from app.storefront.kind_chain_campaign import ChainPage
from app.storefront.kind_community import CommunityPage
from app.storefront.kind_demand_test import DemandTestPage
from app.storefront.kind_flash_sale import FlashSalePage
from app.storefront.kind_ladder_campaign import LadderPage
from app.storefront.kind_presale import PresalePage
from app.storefront.kind_team_group import TeamGroupPage

# A kind that is not named here has nothing of its own.
KINDS: dict[str, KindPage] = {
    "chain_campaign": ChainPage(),
    "demand_test": DemandTestPage(),
    "flash_sale": FlashSalePage(),
    "ladder_campaign": LadderPage(),
    "presale": PresalePage(),
    "team_group": TeamGroupPage(),
    "community": CommunityPage(),
}
PLAIN = KindPage()


def kind_page(kind: str) -> KindPage:
    return KINDS.get(kind, PLAIN)


async def facts_of_order(order: orders.Order) -> dict[str, Any]:
    """The campaign an order came from, its place there, and what its kind says of it; nothing for a plain order."""
    if order.campaign is None:
        return {}
    campaign = await group_buying.find(order.campaign)
    place = await group_buying.participation_of(order.id)
    sharing = await order_sharing(order.id)
    return {
        "campaign": campaign,
        "place": place,
        "hands": await way_of(order),
        "waits_for": _(kind_page(campaign.kind).waits_for) if place.waits and order.status == "placed" else "",
        **sharing,
        **await kind_page(campaign.kind).order_facts(order, campaign),
    }
