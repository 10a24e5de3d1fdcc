"""One team's page: who is in it, how many are missing, until when, and what became of the money."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get
from litestar.params import FromPath
from litestar.response import Template

import tenants
from app import group_buying, identity
from app.flows.campaign_offer import offer_of
from app.group_buying import Campaign, Team
from app.identity import Visit
from app.kernel.errors import NotFound
from app.kernel.pages import page
from app.storefront.campaign_sharing import sharing_facts
from app.storefront.campaigns import left_of
from app.storefront.kind_team_group import own_team

AnyRequest = Request[Any, Any, Any]


class TeamController(Controller):
    path = "/campaigns/{code:str}/teams/{team:str}"

    @get(permission="public")
    async def show(self, request: AnyRequest, code: FromPath[str], team: FromPath[str]) -> Template:
        """Raises NotFound, also for a team that nobody has opened yet, unless it is the visitor's own."""
        visit = await identity.visit_or_none(request)
        async with tenants.transaction():
            campaign, found, own = await _find(code, team, visit)
            offer = await offer_of(campaign.id, {"team": found.code})
            left = await left_of(offer)
            members = await group_buying.seats.members_of([found.id])
            sharing = await sharing_facts(offer, visit, dict(request.query_params))
        return page(
            "storefront/teams/show.html", campaign=campaign, team=found, members=members[found.id], offer=offer,
            own=own, left=left, items=[item for item in offer.items.values() if item.active],
            words=group_buying.words,
            **sharing, may_join=own is None and offer.is_open and found.is_open() and found.has_free_seat,
        )  # fmt: skip

    @get("/progress", permission="public")
    async def show_progress(self, request: AnyRequest, code: FromPath[str], team: FromPath[str]) -> Template:
        """Only how far it is, for whoever watches; once it is over the whole page is asked for again."""
        visit = await identity.visit_or_none(request)
        async with tenants.transaction():
            campaign, found, _own = await _find(code, team, visit)
            members = await group_buying.seats.members_of([found.id])
        return page(
            "storefront/teams/_progress.html", campaign=campaign, team=found, members=members[found.id],
            words=group_buying.words, headers={} if found.is_open() else {"HX-Refresh": "true"},
        )  # fmt: skip


async def _find(code: str, team: str, visit: Visit | None) -> tuple[Campaign, Team, group_buying.seats.Own | None]:
    campaign = await group_buying.find_by_code(code)
    found, own = await group_buying.teams.find_by_code(campaign.id, team), await own_team(campaign, visit)
    mine = own if own and own.code == found.code else None
    if not campaign.is_public or (found.opened_at is None and mine is None):
        raise NotFound
    return campaign, found, mine
