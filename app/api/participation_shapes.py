"""What place an order has in its campaign."""

from __future__ import annotations

from typing import Annotated, Literal, cast
from uuid import UUID

import msgspec
from msgspec import Meta

from app import group_buying, orders, pickups
from app.api.campaign_facts import Team, TeamStatus, team_shown
from app.api.queries import OwnOrder
from app.flows.delivery_way import way_of
from app.flows.postal_address import in_lines
from app.kernel.i18n import gettext


class Pickup(msgspec.Struct, frozen=True, kw_only=True):
    """Where and with which code it is picked up, or brought around."""

    how: Annotated[
        Literal["point", "pickup", "local"],
        Meta(description="At a pickup point, at the place of a list's leader, or brought around by that leader"),
    ]
    point: Annotated[str, Meta(description="The point's name, or the list's title")]
    address: str
    code: Annotated[str, Meta(description="Shown to whoever hands it out")]
    status: str


class Participation(msgspec.Struct, frozen=True, kw_only=True):
    """What place an order has in its campaign."""

    campaign: Annotated[str, Meta(description="Code of the campaign")]
    kind: str
    title: str
    status: Annotated[str, Meta(description="held (not paid), taken (paid, waits), confirmed, or released")]
    status_name: str
    number: Annotated[int | None, Meta(description="Place in the order of payments; null before it is paid")]
    nick: str
    team: Annotated[Team | None, Meta(description="Not in the list of orders")] = None
    pickup: Annotated[Pickup | None, Meta(description="Only of one order, not in lists")] = None


async def participation_shown(order: orders.Order) -> Participation | None:
    if order.campaign is None:
        return None
    campaign, part = await group_buying.find(order.campaign), await group_buying.participation_of(order.id)
    return Participation(
        campaign=campaign.code, kind=campaign.kind, title=campaign.title, status=part.status,
        status_name=_status_name(part.status), number=part.sequence_number, nick=part.nick,
        team=await _team(order.id), pickup=await _pickup(order),
    )  # fmt: skip


async def _team(order_id: UUID) -> Team | None:
    seat = await group_buying.seats.seat_of(order_id)
    return team_shown(await group_buying.teams.find(seat.team)) if seat else None


async def _pickup(order: orders.Order) -> Pickup | None:
    """Without a point the list's leader has it, or brings it where the order says."""
    way = await way_of(order)
    if way is None:
        return None
    point = await pickups.find_point(way.pickup.point) if way.pickup.point else None
    return Pickup(
        how=way.how, point=way.name, address=in_lines(point.address if point else order.ship_to),
        code=pickups.codes.in_groups(way.pickup.code), status=way.pickup.status,
    )  # fmt: skip


def _status_name(status: str) -> str:
    return gettext(group_buying.words.PARTICIPATION[status][0])


def participation_of_card(one: OwnOrder) -> Participation | None:
    """For a list, without team and pickup."""
    if not (one.campaign and one.place):
        return None
    return Participation(
        campaign=one.campaign, kind=one.kind or "", title=one.campaign_title or "", status=one.place,
        status_name=_status_name(one.place), number=one.sequence_number, nick=one.nick or "",
    )  # fmt: skip


def participation_of_place(one: group_buying.OwnPlace) -> Participation:
    """With the team, once somebody has paid for its first seat."""
    return Participation(
        campaign=one.campaign, kind=one.kind, title=one.campaign_title, status=one.place,
        status_name=_status_name(one.place), number=one.sequence_number, nick=one.nick,
        team=_own_team(one.team) if one.team else None,
    )  # fmt: skip


def _own_team(team: group_buying.OwnTeam) -> Team:
    return Team(
        code=team.code, status=cast(TeamStatus, team.status), people=team.capacity, missing=team.missing,
        expires_at=team.expires_at,
    )  # fmt: skip
