"""What a cart is to programs: its lines, what it costs, and the cart as it is shown."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

import tenants
from app import identity
from app.api.shapes import Left, Money, Picture, maybe, money, picture
from app.flows.cart_contents import Address, CartLine, Contents, look_into_cart
from app.flows.name_sharer import sharer_named
from app.flows.postal_address import in_lines
from app.flows.price_words import CUTS, named_cuts
from app.kernel.errors import NotFound
from app.kernel.i18n import translate_refusal


class CartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a cart. `price` is for one unit, in the campaign where the cart joins one."""

    variant: UUID
    product: Annotated[str, Meta(description="Handle of the product")]
    title: str
    variant_title: str
    picture: Picture | None
    quantity: int
    list_price: Money
    price: Money
    on_sale: Annotated[bool, Meta(description="False when it has to be taken out to go on")]
    left: Left | None


class GiftRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an order placed now gets for nothing. Name it when placing: then it is there, or nothing is ordered."""

    gift: UUID
    title: str
    variant_title: str
    picture: Picture | None
    quantity: int


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A sum with its name for people."""

    name: str
    amount: Money


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a campaign's goods are picked up; then nobody is asked for an address."""

    name: str
    address: str
    opening_hours: str
    asks_street: Annotated[
        bool, Meta(description="It is brought around there: give `street` in the order's address, and nothing more")
    ] = False


class Cart(msgspec.Struct, frozen=True, kw_only=True):
    """A cart priced at this moment. Its `total` is what an order has to name."""

    id: UUID
    campaign: Annotated[str | None, Meta(description="Code of the campaign it joins")]
    place: Annotated[Place | None, Meta(description="Set when it is picked up")]
    lines: list[CartRow]
    gifts: Annotated[list[GiftRow], Meta(description="Announced on air, as long as there are some")]
    goods: Annotated[Money, Meta(description="At list prices")]
    cuts: Annotated[list[Named], Meta(description="What campaign, level, coupon and points take off")]
    freight: Money
    freight_is_final: Annotated[bool, Meta(description="False as long as an address could change it")]
    tax: Annotated[Money, Meta(description="Added on top; zero where prices contain it")]
    total: Money
    can_be_ordered: bool
    problem: Annotated[str | None, Meta(description="Why the chosen coupon does not count, for people")]
    sharer: Annotated[str | None, Meta(description="Name of the sharer whose code was given for this cart")] = None


async def contents_of(visit: identity.Visit, cart: UUID, to: Address | None = None) -> Contents:
    """Raises NotFound for somebody else's, and for one that was ordered."""
    async with tenants.transaction():
        contents = await look_into_cart(cart, visit.visitor_id, to, customer_id=visit.customer_id)
    if contents.ordered:
        raise NotFound
    return contents


async def cart_of(visit: identity.Visit, cart: UUID) -> Cart:
    return await with_sharer(shown(await contents_of(visit, cart)))


async def with_sharer(cart: Cart) -> Cart:
    async with tenants.transaction():
        name = await sharer_named(cart.id)
    return msgspec.structs.replace(cart, sharer=name or None)


def shown(contents: Contents) -> Cart:
    coupon, level = contents.terms.counting_coupon, contents.terms.level
    cuts = named_cuts(
        {name: contents.priced.sum(f"{name}_amount") for name in CUTS},
        level=level.name if level else "", code=(coupon.code or coupon.name) if coupon else "",
    )  # fmt: skip
    problem, place = contents.terms.problem, contents.place
    return Cart(
        id=contents.cart, campaign=contents.offer.campaign.code if contents.offer else None,
        place=Place(
            name=place.name,
            address=in_lines(place.address),
            opening_hours=place.opening_hours,
            asks_street=place.asks_street,
        )
        if place
        else None,
        lines=[_row(line) for line in contents.lines],
        gifts=[
            GiftRow(
                gift=gift.gift, title=gift.title, variant_title=gift.variant_title, picture=picture(gift.image_key),
                quantity=gift.quantity,
            )
            for gift in contents.gifts
        ],
        goods=money(contents.goods_amount),
        cuts=[Named(name=name, amount=money(amount)) for name, amount in cuts],
        freight=money(contents.freight_amount), freight_is_final=contents.delivery.is_certain,
        tax=money(contents.tax_amount), total=money(contents.total_amount), can_be_ordered=contents.can_be_ordered,
        problem=translate_refusal(problem) if problem else None,
    )  # fmt: skip


def _row(line: CartLine) -> CartRow:
    return CartRow(
        variant=line.variant, product=line.handle, title=line.title, variant_title=line.variant_title,
        picture=picture(line.image_key), quantity=line.quantity, list_price=money(line.unit_amount),
        price=maybe(line.campaign_amount) or money(line.unit_amount), on_sale=line.on_sale,
        left=None if line.endless else line.available,
    )  # fmt: skip
