"""Campaigns: what runs now, one campaign with its prices of this moment, and joining it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import group_buying
from app.api.admission import visit_of
from app.api.bodies import Line, Text, answer, answer_same_for_all, read_body
from app.api.campaign_refusals import OF_CAMPAIGNS
from app.api.campaign_shapes import Campaign, Campaigns, campaign_shown
from app.api.cart_shapes import Cart, cart_of
from app.api.described import Refusals, described
from app.flows.campaign_offer import offer_of
from app.flows.join_campaign import join_campaign
from app.group_buying import NothingChosen
from app.kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]


class Units(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """So many of this variant."""

    variant: UUID
    quantity: Annotated[int, Meta(ge=1, le=99)]


class Choices(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What the kind of campaign asks beside goods; leave out what it does not ask."""

    team: Annotated[Line, Meta(description="Team price: code of the team to join, or `new` to open one")] = ""
    may_move: Annotated[bool, Meta(description="Team price: take a free seat elsewhere if this team is over")] = False
    point: Annotated[UUID | None, Meta(description="Community buy: where it is picked up")] = None
    fields: Annotated[dict[Line, Text], Meta(description="Chain order: answers by the question's label")] = {}


class Joining(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is taken of the campaign. `invited_by` is the token `from` of the shared link somebody came through."""

    units: Annotated[list[Units], Meta(min_length=1, max_length=50)]
    choices: Choices = msgspec.field(default_factory=Choices)
    invited_by: Line = ""


JOINING_REFUSALS: Refusals = (NotFound, NothingChosen, *OF_CAMPAIGNS)


class CampaignController(Controller):
    path = "/campaigns"

    @get(**described("Running campaigns", gives=Campaigns, same_for_all=True))
    async def index(self, request: AnyRequest) -> Response[bytes]:
        """Up to 20, with everything the single campaign tells."""
        async with tenants.transaction():
            found = [await campaign_shown(await offer_of(each.id)) for each in await group_buying.running()]
        return answer_same_for_all(request, Campaigns(items=found))

    @get("/{code:str}", **described("One campaign", gives=Campaign, same_for_all=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """Prices, what is left, and how far it is at this moment. Also when it is over."""
        async with tenants.transaction():
            campaign = await group_buying.find_by_code(code)
            if not campaign.is_public:
                raise NotFound
            shown = await campaign_shown(await offer_of(campaign.id))
        return answer_same_for_all(request, shown)

    @post(
        "/{code:str}/join",
        **described(
            "Join a campaign", takes=Joining, gives=Cart, bearer=True, key="optional", refuses=JOINING_REFUSALS
        ),
    )  # fmt: skip
    async def join(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """Answers a cart of its own for this campaign, to be ordered next. Nothing is held until the order is placed.

        Joining again before ordering replaces what the cart held.
        """
        visit, body = await visit_of(request), await read_body(request, Joining)
        async with tenants.transaction():
            if not (await group_buying.find_by_code(code)).is_public:
                raise NotFound
        units: dict[UUID, int] = {}
        for each in body.units:
            units[each.variant] = units.get(each.variant, 0) + each.quantity
        choices = msgspec.to_builtins(body.choices)
        if group_buying.invitations.read_token(body.invited_by):
            choices["from"] = body.invited_by
        cart = await join_campaign(code, visit.visitor_id, units, choices, customer_id=visit.customer_id)
        return answer(await cart_of(visit, cart))
