"""Team groups on a campaign's page and an order's: which teams one can join, and how far the shopper's own is."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from app import group_buying, orders
from app.flows.campaign_offer import Offer
from app.flows.mode_team_group import OPEN_ONE
from app.group_buying import Campaign
from app.identity import Visit
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.storefront.campaign_kind import KindPage, Values

MOST_TEAMS = 10
CODE = re.compile(r"[0-9a-z]{1,20}")


class TeamGroupPage(KindPage):
    waits_for = N_("Team complete")
    watched_by = ("team",)

    async def facts(self, offer: Offer, visit: Visit | None, query: Values) -> dict[str, Any]:
        found = await group_buying.teams.with_free_seats(offer.campaign.id, MOST_TEAMS)
        return {
            "teams": found,
            "members": await group_buying.seats.members_of([team.id for team in found]),
            "mine": await own_team(offer.campaign, visit),
            "bar_buttons": _buttons(offer),
        }

    async def moving_state(self, offer: Offer) -> object:
        return await group_buying.teams.state_of(offer.campaign.id)

    async def moving_facts(self, offer: Offer, query: Values) -> dict[str, Any]:
        """Of one team's page its progress, else the list of teams."""
        if not (code := _team(query)):
            return await super().moving_facts(offer, query)
        team = await group_buying.teams.find_by_code(offer.campaign.id, code)
        return {"team": team, "members": (await group_buying.seats.members_of([team.id]))[team.id]}

    def moving_part(self, campaign: Campaign, query: Values) -> str:
        return "storefront/teams/_progress.html" if _team(query) else super().moving_part(campaign, query)

    def choices(self, values: Values) -> dict[str, Any]:
        return {"team": _team(values) or OPEN_ONE, "may_move": values.get("may_move") == "yes"}

    def home(self, code: str, values: Values) -> str:
        team = _team(values)
        return f"/campaigns/{quote(code)}/teams/{team}" if team else super().home(code, values)

    async def joining_facts(self, offer: Offer) -> dict[str, Any]:
        """The team, if it is one that is there already, and who leads it."""
        code = _team(offer.choices)
        if not code:
            return {"team": None}
        team = await group_buying.teams.find_by_code(offer.campaign.id, code)
        members = (await group_buying.seats.members_of([team.id]))[team.id]
        return {"team": team, "leader": members[0].nick if members else "?"}

    async def order_facts(self, order: orders.Order, campaign: Campaign) -> dict[str, Any]:
        seat = await group_buying.seats.seat_of(order.id)
        if seat is None:
            return {}
        team = await group_buying.teams.find(seat.team)
        members = await group_buying.seats.members_of([team.id])
        return {"team": team, "seat": seat, "members": members, "group_words": group_buying.words}


async def own_team(campaign: Campaign, visit: Visit | None) -> group_buying.seats.Own | None:
    """The forming team this browser or account is in."""
    return await group_buying.seats.own(campaign.id, visit.visitor_id, visit.customer_id) if visit else None


def _team(values: Values) -> str:
    text = values.get("team", "")
    return text if CODE.fullmatch(text) and text != OPEN_ONE else ""


def _buttons(offer: Offer) -> list[dict[str, Any]]:
    """With a single thing on offer both prices stand on the buttons, as shoppers know it."""
    items = [item for item in offer.items.values() if item.active]
    only = items[0] if len(items) == 1 else None
    price = offer.price_of(only.variant) if only else None
    buttons: list[dict[str, Any]] = [
        {"label": _("Open a team"), "name": "team", "value": OPEN_ONE, "kind": "join", "amount": price}
    ]
    if len({item.product for item in items}) == 1 and getattr(offer.campaign.terms, "alone", False):
        href = f"/products/{quote(items[0].handle)}"
        alone = {"label": _("Buy alone"), "href": href, "kind": "solo", "amount": only.list_amount if only else None}
        buttons.insert(0, alone)
    return buttons
