"""The shopper's groups: every order of theirs that takes part in a campaign."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import FromQuery
from msgspec import Meta

import tenants
from app import group_buying
from app.api.admission import visit_of
from app.api.bodies import answer
from app.api.described import described
from app.api.order_shapes import OrderCard
from app.api.participation_shapes import participation_of_place
from app.api.shapes import Moment, Next, money, picture

AnyRequest = Request[Any, Any, Any]


class OwnGroup(OrderCard, frozen=True, kw_only=True):
    """An order with its place, and how far its campaign is."""

    campaign_status: Annotated[str, Meta(description="scheduled, open, closed or settled")]
    campaign_ends_at: Moment | None
    leads: Annotated[bool, Meta(description="Whether this shopper opened the team")]


class OwnGroups(msgspec.Struct, frozen=True, kw_only=True):
    """A page of groups, the newest first."""

    items: list[OwnGroup]
    next: Next


class ParticipationController(Controller):
    path = "/participations"

    @get(**described("Own groups", gives=OwnGroups, bearer=True))
    async def list_own(self, request: AnyRequest, after: FromQuery[str] = "") -> Response[bytes]:
        """Orders in campaigns with their teams, 20 at a time."""
        visit = await visit_of(request)
        async with tenants.transaction():
            found = await group_buying.own_places(visit.customer_id, visit.visitor_id, after=after)
        return answer(OwnGroups(items=[_shown(one) for one in found.items], next=found.next))


def _shown(one: group_buying.OwnPlace) -> OwnGroup:
    return OwnGroup(
        number=one.number, status=one.status, payment_status=one.payment_status,
        fulfillment_status=one.fulfillment_status, total=money(one.total_amount), placed_at=one.placed_at,
        title=one.title, picture=picture(one.image_key), units=one.units, participation=participation_of_place(one),
        campaign_status=one.campaign_status, campaign_ends_at=one.ends_at, leads=bool(one.team and one.team.leads),
    )  # fmt: skip
