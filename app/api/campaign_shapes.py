"""What a campaign is to programs: its items with the prices of this moment, and how far it is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from app import group_buying, inventory
from app.api.campaign_facts import Facts, facts_of, priced
from app.api.catalog import left_of
from app.api.shapes import Left, Moment, Money, Picture, money, picture
from app.flows.campaign_offer import Offer
from app.kernel.i18n import gettext


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


async def campaign_shown(offer: Offer) -> Campaign:
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
