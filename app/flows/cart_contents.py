"""What stands in a cart at this moment: its lines with the catalog's prices and titles, and what delivery costs.

Read by the cart and checkout pages and, with the cart's row locked, by the order that it becomes; so the page and the
order cannot count differently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from asyncpg import Record

import tenants
from app import freight, orders
from app.flows.campaign_mode import Place
from app.flows.campaign_modes import mode_of
from app.flows.campaign_offer import OFFER, Offer, offer_in_cart
from app.flows.cart_gifts import GIFTS, CartGift, gifts_for
from app.flows.cart_terms import TERMS, Terms, decide
from app.inventory import FREE, PROMISING, QUOTA_OF_LINE
from app.kernel.errors import NotFound
from app.kernel.money import CURRENCIES


@dataclass(frozen=True, slots=True)
class CartLine:
    product: UUID
    handle: str
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    quantity: int
    unit_amount: int
    compare_at_amount: int | None
    requires_shipping: bool
    on_sale: bool
    available: int
    endless: bool
    weight_grams: int = 0
    taxable: bool = True
    in_one_place: int = 0  # the most that a single warehouse has of it; as many as wanted where nobody counts
    in_stock: int = 0  # the same of all warehouses together, whatever a campaign may sell of it
    freight_template: UUID | None = None
    collections: tuple[UUID, ...] = ()
    campaign_amount: int | None = None
    quota: UUID | None = None  # whose units it is taken from first
    only_quota: bool = False  # and from nowhere else

    @property
    def amount(self) -> int:
        return self.unit_amount * self.quantity

    @property
    def is_short(self) -> bool:
        return not self.endless and self.available < self.quantity

    @property
    def is_scattered(self) -> bool:
        """No warehouse has enough by itself, but several together may."""
        return self.in_one_place < self.quantity

    @property
    def cannot_be_held(self) -> bool:
        return self.in_stock < self.quantity

    @property
    def to_deliver(self) -> freight.Goods:
        return freight.Goods(self.title, self.freight_template, self.requires_shipping)

    @property
    def to_price(self) -> orders.PriceLine:
        return orders.PriceLine(
            self.product, self.variant, self.unit_amount, self.quantity, self.collections, self.campaign_amount,
            weight_grams=self.weight_grams, requires_shipping=self.requires_shipping, taxable=self.taxable,
        )  # fmt: skip


@dataclass(frozen=True)
class Contents:
    cart: UUID
    visitor_id: UUID
    ordered: bool
    lines: tuple[CartLine, ...]
    delivery: freight.Delivery
    terms: Terms
    customer_id: UUID | None = None
    time_to_pay: timedelta = field(default=timedelta(minutes=30))
    offer: Offer | None = None
    gifts_on_air: tuple[CartGift, ...] = ()

    @property
    def gifts(self) -> tuple[CartGift, ...]:
        """What an order placed now gets for nothing beside its goods."""
        return tuple(gift for gift in self.gifts_on_air if gift.quantity)

    @property
    def gifts_gone(self) -> tuple[CartGift, ...]:
        """What was announced for these goods and has run out, wholly or in part."""
        return tuple(gift for gift in self.gifts_on_air if gift.quantity < gift.earned)

    @property
    def borrower(self) -> UUID | None:
        """Whose loan of stock these goods are taken from first: a live price has one."""
        return _borrower(self.offer)

    @property
    def place(self) -> Place | None:
        """Where it is picked up; None when it is sent to an address of the shopper's."""
        return self.offer.place if self.offer else None

    @cached_property
    def to_price(self) -> tuple[orders.PriceLine, ...]:
        """The goods, then the gifts, as the lines of the order will be."""
        return (*(line.to_price for line in self.lines), *(gift.to_price for gift in self.gifts))

    @cached_property
    def priced(self) -> orders.Priced:
        return orders.price(self.to_price, self.terms.rules, self.delivery)

    @property
    def price_record(self) -> dict[str, Any]:
        """What the order keeps, so that it can be computed again."""
        return orders.price_record(self.to_price, self.terms.rules, self.delivery, self.priced)

    @property
    def goods_amount(self) -> int:
        return self.priced.goods_amount

    @property
    def freight_amount(self) -> int:
        return self.priced.freight_amount

    @property
    def missing_for_free_delivery(self) -> tuple[int, int]:
        """How much more has to be bought until delivery is free, and from where that is; zeros if it never will."""
        return self.delivery.missing_for_free(self.to_price, [line.worth for line in self.priced.lines])

    @property
    def tax_amount(self) -> int:
        return self.priced.tax_amount

    @property
    def tax_included(self) -> int:
        return self.priced.sum("tax_included")

    @property
    def total_amount(self) -> int:
        return self.priced.total_amount

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.lines) and all(line.on_sale and not line.is_short for line in self.lines)


READ = f"""
WITH mine AS MATERIALIZED (
    SELECT cart.id, {TERMS} AS terms, {OFFER} AS offer, {GIFTS} AS gifts FROM cart
    WHERE cart.id = $1 AND cart.visitor_id = $2
)
SELECT mine.terms, mine.offer, mine.gifts, cart.status AS cart_status, cart.joining, profile.freight_amount,
    profile.free_freight_from_amount, profile.tax_mode, profile.tax_bps, profile.tax_on_freight,
    EXISTS (SELECT 1 FROM freight_template) AS has_templates,
    profile.payment_minutes, line.quantity, variant.id AS variant, variant.title AS variant_title,
    variant.option_values, variant.sku, variant.price_amount, variant.compare_at_amount, variant.requires_shipping,
    variant.active, variant.weight_grams, variant.taxable,
    product.id AS product, product.handle, product.title, product.status AS product_status, product.gift_card,
    product.freight_template,
    coalesce(image.thumb_key, image.storage_key, product.cover_thumb_key, product.cover_key) AS image_key,
    ARRAY(SELECT collection FROM collection_product WHERE collection_product.product = product.id) AS collections,
    stock.available, stock.endless, stock.in_one_place,
    quota.id AS quota, quota.falls_back, quota.left_over AS quota_left
FROM cart JOIN mine ON mine.id = cart.id
CROSS JOIN store_profile AS profile
LEFT JOIN cart_line AS line ON line.cart = cart.id
LEFT JOIN variant ON variant.id = line.variant
LEFT JOIN product ON product.id = variant.product
LEFT JOIN product_image AS image ON image.id = variant.image AND image.status = 'stored'
LEFT JOIN LATERAL (
    SELECT greatest(sum(greatest({FREE}, 0))::bigint, lent.units) AS available,
        bool_or(oversell OR NOT tracked) AS endless, greatest(max({FREE}), lent.units) AS in_one_place
    FROM stock_level, LATERAL (SELECT coalesce(sum(left_over), 0)::bigint AS units FROM stock_loan WHERE {PROMISING}
        AND source_id = cart.campaign AND stock_loan.variant = line.variant AND status = 'open') AS lent
    WHERE stock_level.variant = line.variant AND {PROMISING} GROUP BY lent.units
) AS stock ON true
LEFT JOIN LATERAL ({QUOTA_OF_LINE}) AS quota ON true
WHERE cart.id = $1 AND cart.visitor_id = $2
ORDER BY line.added_at, line.id
"""  # noqa: S608 - constants only
LOCKED = READ + "FOR UPDATE OF cart"
# Products with a single choice carry the exporting system's placeholder as its title; nobody should read that.
PLACEHOLDER = "Default Title"
Address = Mapping[str, object]  # the parts of an address as orders keep them, as far as they are known


async def read_cart(
    cart_id: UUID, visitor_id: UUID, to: Address | None = None, *, customer_id: UUID | None = None
) -> Contents:
    """The cart of this customer with its row locked, to be sent to this address.

    Raises NotFound when the visitor has no such cart.
    """
    rows = await tenants.connection().fetch(LOCKED, cart_id, visitor_id, customer_id)
    return replace(await _contents(cart_id, visitor_id, rows, to), customer_id=customer_id)


async def look_into_cart(
    cart_id: UUID, visitor_id: UUID, to: Address | None = None, *, customer_id: UUID | None = None
) -> Contents:
    """The cart as a page shows it; without an address, at the usual freight. Raises NotFound as above."""
    rows = await tenants.connection().fetch(READ, cart_id, visitor_id, customer_id)
    return replace(await _contents(cart_id, visitor_id, rows, to), customer_id=customer_id)


def _borrower(offer: Offer | None) -> UUID | None:
    campaign = offer.campaign if offer else None
    return campaign.id if campaign and getattr(campaign.terms, "live_session", None) else None


async def _contents(cart_id: UUID, visitor_id: UUID, rows: list[Record], to: Address | None) -> Contents:
    if not rows:
        raise NotFound
    first = rows[0]
    offer = await offer_in_cart(first["offer"], first["joining"]) if first["offer"] else None
    read = _without_quota if _borrower(offer) else _line
    lines = tuple(read(row) for row in rows if row["variant"])
    if offer:
        lines = tuple(_in_campaign(line, offer) for line in lines)
    place = offer.place if offer else None
    to = place.address if place else to
    destination = freight.Destination.of(to) if to is not None else None
    tariff = freight.FREE if place and place.free else await _tariff(first, lines)
    rules = orders.PriceRules(step=CURRENCIES[tenants.current().currency].step, tax=_tax(first))
    return Contents(
        cart=cart_id,
        visitor_id=visitor_id,
        ordered=first["cart_status"] == "ordered",
        lines=lines,
        delivery=tariff.deliver([line.to_deliver for line in lines], destination),
        terms=decide(first["terms"], [line.to_price for line in lines], rules),
        time_to_pay=_time_to_pay(timedelta(minutes=first["payment_minutes"]), offer),
        offer=offer,
        gifts_on_air=gifts_for({line.variant: line.quantity for line in lines}, first["gifts"]),
    )


def _time_to_pay(usual: timedelta, offer: Offer | None) -> timedelta:
    return mode_of(offer.campaign).time_to_pay(offer.campaign, usual) if offer else usual


def _in_campaign(line: CartLine, offer: Offer) -> CartLine:
    """The line at the campaign's price, as far as the campaign is open and has some left."""
    price, left = offer.price_of(line.variant), offer.left_of(line.variant)
    return replace(
        line,
        campaign_amount=price,
        on_sale=line.on_sale and price is not None and offer.is_open,
        available=line.available if left is None else left if line.endless else min(line.available, left),
        endless=line.endless and left is None,
    )


async def _tariff(row: Record, lines: Sequence[CartLine]) -> freight.Tariff:
    """One more round trip, and only for stores that made a template."""
    flat = freight.flat_template(row["freight_amount"], row["free_freight_from_amount"])
    home = freight.home_of(tenants.current().currency)
    if not row["has_templates"]:
        return freight.Tariff(flat, {}, home)
    return await freight.tariff_for([line.freight_template for line in lines], flat=flat, home=home)


def _tax(row: Record) -> orders.TaxRule | None:
    if row["tax_mode"] == "none":
        return None
    return orders.TaxRule(row["tax_bps"], inclusive=row["tax_mode"] == "inclusive", on_freight=row["tax_on_freight"])


def _line(row: Record) -> CartLine:
    line = _without_quota(row)
    if row["quota"] is None:
        return line
    if not row["falls_back"]:
        left: int = row["quota_left"]
        return replace(
            line, quota=row["quota"], only_quota=True, endless=False, available=left, in_one_place=left, in_stock=left
        )
    there = {name: max(getattr(line, name), row["quota_left"]) for name in ("available", "in_one_place", "in_stock")}
    return replace(line, quota=row["quota"], **there)


def _without_quota(row: Record) -> CartLine:
    return CartLine(
        product=row["product"],
        handle=row["handle"],
        variant=row["variant"],
        title=row["title"],
        variant_title="" if row["variant_title"] == PLACEHOLDER else row["variant_title"],
        sku=row["sku"],
        image_key=row["image_key"],
        quantity=row["quantity"],
        unit_amount=row["price_amount"],
        compare_at_amount=row["compare_at_amount"],
        requires_shipping=row["requires_shipping"],
        on_sale=row["active"] and row["product_status"] == "published" and not row["gift_card"],
        available=max(row["available"] or 0, 0),
        endless=bool(row["endless"]),
        weight_grams=row["weight_grams"],
        taxable=row["taxable"],
        in_one_place=row["quantity"] if row["endless"] else max(row["in_one_place"] or 0, 0),
        in_stock=row["quantity"] if row["endless"] else row["available"] or 0,
        freight_template=row["freight_template"],
        collections=tuple(row["collections"]),
    )
