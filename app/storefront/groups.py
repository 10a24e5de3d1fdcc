"""My groups: everything this account or browser takes part in, what it waits for, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, get
from litestar.response import Template

import tenants
from app import group_buying, identity, pickups, presale
from app.flows.campaign_offer import Offer
from app.flows.campaign_words import pitch
from app.flows.mode_community import ready_on
from app.group_buying import Campaign, Member
from app.identity import Visit
from app.kernel.clock import now
from app.kernel.pages import page
from app.storefront.campaign_sharing import FROM
from app.storefront.group_rows import GroupRow, groups_of

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """One participation as its card shows it. `offer` is a ladder's, `ready_on` a community buy's."""

    row: GroupRow
    campaign: Campaign
    members: Sequence[Member]
    offer: Offer | None
    ready_on: Any

    @property
    def may_pay(self) -> bool:
        return self.row.may_pay(now())

    @property
    def team_is_open(self) -> bool:
        row = self.row
        opened = row.team_status == "forming" and row.team_opened_at is not None
        return opened and row.team_expires_at is not None and row.team_expires_at > now()

    @property
    def urgency(self) -> tuple[bool, datetime]:
        """What can be paid now stands first, then what ends first."""
        row, known = self.row, self.campaign.ends_at if self.campaign.is_running() else None
        if self.may_pay:
            known = row.expires_at
        elif self.team_is_open:
            known = row.team_expires_at
        elif row.has_deposit and self.campaign.kind == "presale":
            known = row.opens_at
        return not self.may_pay, known or datetime.max.replace(tzinfo=UTC)

    @property
    def may_share(self) -> bool:
        """Whoever has paid may bring others, as long as others can come."""
        if self.row.place not in ("taken", "confirmed") or self.row.over:
            return False
        return self.team_is_open or (self.row.team is None and self.campaign.is_running())

    @property
    def path(self) -> str:
        """Of the page that a shared link leads to."""
        team = f"/teams/{self.row.team_code}" if self.team_is_open else ""
        return f"/campaigns/{self.campaign.code}{team}"

    @property
    def share_query(self) -> str:
        return urlencode({FROM: group_buying.invitations.token_of(self.row.order_id)})

    @property
    def pitch(self) -> str:
        return pitch(self.offer, tenants.current().currency) if self.offer else ""


@get("/account/groups", permission="public")
async def show_groups(request: AnyRequest) -> Template:
    """What this browser joined is shown without an account, too."""
    visit = await identity.visit_or_none(request)
    found: list[Group] = []
    if visit:
        async with tenants.transaction():
            found = await _groups(visit)
    return page(
        "storefront/groups/index.html", headers={"Cache-Control": "no-store"}, tab="groups",
        current=sorted((group for group in found if not group.row.over), key=lambda group: group.urgency),
        past=[group for group in found if group.row.over],
        viewer=visit.customer_id if visit else None, words=group_buying.words, pickup_words=pickups.words,
        presale_words=presale.words,
    )  # fmt: skip


async def _groups(visit: Visit) -> list[Group]:
    """Four round trips, however many there are."""
    rows = await groups_of(visit.customer_id, visit.visitor_id)
    campaigns = await group_buying.find_each({row.campaign for row in rows})
    ladders = [each.id for each in campaigns.values() if each.kind == "ladder_campaign"]
    items = await group_buying.items_of_each(ladders) if ladders else {}
    teams = [row.team for row in rows if row.team]
    members = await group_buying.seats.members_of(teams) if teams else {}
    zone = ZoneInfo(tenants.current().time_zone)
    return [
        Group(
            row, campaign := campaigns[row.campaign], members.get(row.team, []) if row.team else [],
            Offer(campaign, {item.variant: item for item in items[campaign.id]}, {}) if campaign.id in items else None,
            ready_on(campaign, zone) if campaign.kind == "community" else None,
        )
        for row in rows
    ]  # fmt: skip
