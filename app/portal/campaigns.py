"""Campaigns a promoter can share: the materials of each, and what the promoter's links to it brought."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

import tenants
from app import group_buying
from app.flows.campaign_offer import offers_of
from app.flows.campaign_words import first_item, pitch
from app.kernel.pages import page
from app.portal import queries
from app.portal.frame import AnyRequest, enter

MOST_TEAMS = 5


@get("/campaigns", permission="signed_in")
async def show_campaigns(request: AnyRequest) -> Template:
    """What runs now, the one that ends first in front, with teams that lack somebody."""
    place = await enter(request)
    async with tenants.transaction():
        offers = await offers_of(await group_buying.running())
        mine = await queries.campaign_links(place.promoter.id, [offer.campaign.id for offer in offers])
        teams = {
            offer.campaign.id: await group_buying.teams.with_free_seats(offer.campaign.id, MOST_TEAMS)
            for offer in offers
            if offer.campaign.kind == "team_group"
        }
    currency = place.tenant.currency
    rows = [(offer, first_item(offer), pitch(offer, currency), mine.get(offer.campaign.id, [])) for offer in offers]
    return page("portal/campaigns/index.html", tab="links", rows=rows, teams=teams, words=group_buying.words)


HANDLERS = [show_campaigns]
