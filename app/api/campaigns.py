"""Campaigns: what runs now, one campaign with its prices of this moment, and joining it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import group_buying, inventory
from app.api.admission import visit_of
from app.api.bodies import Line, Text, answer, answer_same_for_all, read_body
from app.api.campaign_facts import Facts, facts_of, priced
from app.api.cart_shapes import Cart, cart_of
from app.api.catalog import left_of
from app.api.described import described
from app.api.shapes import Left, Moment, Money, Picture, money, picture
from app.flows.campaign_offer import Offer, offer_of
from app.flows.join_campaign import join_campaign
from app.group_buying import LimitReached, NotForYou, NothingChosen, NotOffered, NotRunning, QuotaGone
from app.kernel.errors import NotFound
from app.kernel.i18n import gettext

AnyRequest = Request[Any, Any, Any]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """From `from_count` on (of what the campaign counts) a unit costs `price`."""

    from_count: int
    price: Money


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What the campaign offers. `price` is what one unit costs in it at this moment."""

    variant: UUID
    product: Annotated[str, Meta(description="Handle of the product")]
    title: str
    variant_title: str
    picture: Picture | None
    list_price: Money
    price: Money
    steps: list[Step]
    left: Left | None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far it is: units and people that are paid."""

    units: int
    people: int


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as everybody may see it."""

    code: str
    kind: Annotated[str, Meta(examples=["flash_sale", "team_group", "ladder_campaign"])]
    kind_name: str
    title: str
    story: str
    share_text: str
    cover: Picture | None
    status: Annotated[str, Meta(description="scheduled, open, closed or settled")]
    is_running: Annotated[bool, Meta(description="Whether one can join now")]
    starts_at: Moment | None
    ends_at: Moment | None
    audience: Annotated[str, Meta(description="everyone, members or new_customers")]
    person_limit: Annotated[int | None, Meta(description="The most units one person may have")]
    takes_coupons: bool
    progress: Progress
    items: list[Item]
    facts: Annotated[Facts, Meta(description="What the kind of campaign adds")]


class Campaigns(msgspec.Struct, frozen=True, kw_only=True):
    """What can be joined now; what ends first comes first."""

    items: list[Campaign]


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


JOINING_REFUSALS = (NotFound, NotRunning, NotForYou, NothingChosen, NotOffered, LimitReached, QuotaGone)


class CampaignController(Controller):
    path = "/campaigns"

    @get(**described("Running campaigns", gives=Campaigns))
    async def index(self, request: AnyRequest) -> Response[bytes]:
        """Up to 20, with everything the single campaign tells."""
        async with tenants.transaction():
            found = [await _shown(await offer_of(each.id)) for each in await group_buying.running()]
        return answer_same_for_all(request, Campaigns(items=found))

    @get("/{code:str}", **described("One campaign", gives=Campaign, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, code: FromPath[str]) -> Response[bytes]:
        """Prices, what is left, and how far it is at this moment. Also when it is over."""
        async with tenants.transaction():
            campaign = await group_buying.find_by_code(code)
            if not campaign.is_public:
                raise NotFound
            shown = await _shown(await offer_of(campaign.id))
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


async def _shown(offer: Offer) -> Campaign:
    campaign = offer.campaign
    figures = await inventory.figures_of(offer.items)
    return Campaign(
        code=campaign.code, kind=campaign.kind, kind_name=gettext(group_buying.words.KINDS[campaign.kind]),
        title=campaign.title, story=campaign.story, share_text=campaign.share_text, cover=picture(campaign.cover_key),
        status=campaign.status, is_running=campaign.is_running(), starts_at=campaign.starts_at,
        ends_at=campaign.ends_at, audience=campaign.audience, person_limit=campaign.person_limit,
        takes_coupons=campaign.takes_coupons,
        progress=Progress(units=campaign.taken_units, people=campaign.taken_people),
        items=[
            _item(offer, item, left_of(figures.get(variant))) for variant, item in offer.items.items() if item.active
        ],
        facts=await facts_of(offer),
    )  # fmt: skip


def _item(offer: Offer, item: group_buying.Item, in_stock: int | None) -> Item:
    bounds = [bound for bound in (offer.left_of(item.variant), in_stock) if bound is not None]
    price = priced(offer).price_of(item.variant)
    return Item(
        variant=item.variant, product=item.handle, title=item.title, variant_title=item.variant_title,
        picture=picture(item.image_key), list_price=money(item.list_amount),
        price=money(item.list_amount if price is None else price),
        steps=[Step(from_count=tier.from_count, price=money(tier.price_amount)) for tier in item.tiers],
        left=min(bounds, default=None),
    )  # fmt: skip
