"""What comes with a cart for nothing: gifts that hosts have announced for goods in it. Read with the cart; not a flow.

A gift is counted from what is left of it and from its stock, so what a shopper sees is what an order placed at that
moment gets. It is no part of what is priced: it weighs nothing, is taxed nothing, and no coupon is spread over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from app.inventory import FREE, PROMISING
from app.orders import PriceLine

# A scalar of the row `cart`: gifts on air for what is in it, as JSON.
GIFTS = f"""(
    SELECT jsonb_agg(jsonb_build_object('gift', gift.id, 'for_variant', gift.for_variant, 'product', product.id,
        'variant', variant.id, 'title', product.title, 'sku', variant.sku,
        'variant_title', CASE variant.title WHEN 'Default Title' THEN '' ELSE variant.title END,
        'image_key', coalesce(product.cover_thumb_key, product.cover_key), 'per', gift.per,
        'requires_shipping', variant.requires_shipping, 'every_units', gift.every_units, 'units', gift.units,
        'left', gift.quota - gift.given, 'stock', (
            SELECT CASE WHEN bool_or(oversell OR NOT tracked) THEN NULL ELSE greatest(0, max({FREE}),
                (SELECT max(left_over) FROM stock_loan WHERE source_id = gift.id AND status = 'open' AND {PROMISING}))
            END FROM stock_level WHERE stock_level.variant = variant.id AND {PROMISING})) ORDER BY gift.id)
    FROM live_gift AS gift JOIN variant ON variant.id = gift.variant JOIN product ON product.id = variant.product
    WHERE gift.status = 'announced'
        AND gift.for_variant IN (SELECT cart_line.variant FROM cart_line WHERE cart_line.cart = cart.id)
)"""  # noqa: S608 - constants


class CartGift(msgspec.Struct, frozen=True, kw_only=True):
    """A gift with how many of it this cart gets; `earned` would be its due if there were enough."""

    gift: UUID
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    requires_shipping: bool
    quantity: int
    earned: int

    @property
    def to_price(self) -> PriceLine:
        return PriceLine(self.product, self.variant, 0, self.quantity, requires_shipping=False, taxable=False)


class _OnAir(msgspec.Struct, frozen=True, kw_only=True):
    gift: UUID
    for_variant: UUID
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    requires_shipping: bool
    per: str
    every_units: int
    units: int
    left: int
    stock: int | None

    def earned_by(self, bought: int) -> int:
        times = bought // self.every_units if self.per == "units" else min(bought, 1)
        return times * self.units


def gifts_for(units: Mapping[UUID, int], on_air: str | None) -> tuple[CartGift, ...]:
    """What GIFTS read, for so many units of each variant. What has run out is named too, with nothing of it."""
    known = msgspec.json.decode(on_air, type=list[_OnAir]) if on_air else []
    return tuple(gift for each in known if (gift := _gift(each, units.get(each.for_variant, 0))).earned)


def _gift(each: _OnAir, bought: int) -> CartGift:
    earned = each.earned_by(bought)
    stock = each.left if each.stock is None else each.stock
    return CartGift(
        gift=each.gift, product=each.product, variant=each.variant, title=each.title, sku=each.sku,
        variant_title=each.variant_title, image_key=each.image_key, requires_shipping=each.requires_shipping,
        quantity=max(min(earned, each.left, stock), 0), earned=earned,
    )  # fmt: skip


def write_seen(gifts: tuple[CartGift, ...]) -> str:
    """What the page showed, so that the order can be refused when it would get less."""
    return ",".join(f"{each.gift}:{each.quantity}" for each in gifts if each.quantity)


def read_seen(text: str) -> dict[UUID, int]:
    """The undo of `write_seen`; whatever else is in it is not understood and left out."""
    seen = {}
    for part in text.split(",")[:50]:
        gift, _colon, count = part.partition(":")
        try:
            seen[UUID(gift)] = int(count[:4])
        except ValueError:
            continue
    return seen
