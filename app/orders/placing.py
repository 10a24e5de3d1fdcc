"""Writing an order down: everything it is, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.ids import new_id
from app.orders.access import hash_key
from app.orders.amounts import Priced, PricedLine
from tenants import steps
from tenants.steps import Step


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line with its snapshot: what the product was called and cost when it was bought. A `gift` costs nothing."""

    id: UUID
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    quantity: int
    unit_amount: int
    requires_shipping: bool
    priced: PricedLine
    gift: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What will be written; of `key`, which opens the order's page, only the hash."""

    id: UUID
    number: str
    key: str
    cart: UUID
    customer: UUID | None
    visitor_id: UUID
    email: str
    phone: str
    currency: str
    locale: str
    ship_to: dict[str, str]
    note: str
    placed_at: datetime
    expires_at: datetime
    lines: Sequence[NewLine]
    price_rules: dict[str, Any] = field(default_factory=dict)
    campaign: UUID | None = None

    @property
    def priced(self) -> Priced:
        return Priced(tuple(line.priced for line in self.lines))

    @property
    def total_amount(self) -> int:
        return self.priced.total_amount


WRITE = """
placed AS (
    INSERT INTO orders (id, number, cart, customer, visitor_id, email, phone, status, payment_status,
        fulfillment_status, currency, locale, goods_amount, discount_amount, freight_amount, tax_amount, total_amount,
        price_rules, ship_to, note, access_hash, event_seq, placed_at, expires_at, updated_at, campaign)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'placed', 'unpaid', 'unfulfilled', $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, 1, $19, $20, $19, $23)
), told AS (
    INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
    VALUES ($21, $1, 1, 'status', 'draft', 'placed', 'checkout', 'shopper', $19)
), closed AS (
    UPDATE cart SET status = 'ordered', updated_at = $19 WHERE id = $3
), lined AS (
    INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, image_key, quantity,
        unit_amount, goods_amount, discount_amount, freight_amount, tax_amount, price_breakdown, requires_shipping,
        gift)
    SELECT id, $1, line_number, product, variant, title, variant_title, sku, image_key, quantity, unit_amount,
        goods_amount, discount_amount, freight_amount, tax_amount, price_breakdown, requires_shipping, gift
    FROM jsonb_to_recordset($22) AS line (id uuid, line_number integer, product uuid, variant uuid, title text,
        variant_title text, sku text, image_key text, quantity integer, unit_amount bigint, goods_amount bigint,
        discount_amount bigint, freight_amount bigint, tax_amount bigint, price_breakdown jsonb,
        requires_shipping boolean, gift uuid)
)
"""


async def write_order(order: NewOrder, *also: Step) -> None:
    """Order, lines, first event and the end of its cart, with other steps in the same round trip.

    The cart's uniqueness refuses a second order of it.
    """
    await steps.take(_writing(order), *also)


def _writing(order: NewOrder) -> Step:
    priced = order.priced
    values = (
        order.id, order.number, order.cart, order.customer, order.visitor_id, order.email, order.phone,
        order.currency, order.locale, priced.goods_amount, priced.discount_amount, priced.freight_amount,
        priced.tax_amount, priced.total_amount, _json(order.price_rules), _json(order.ship_to), order.note,
        hash_key(order.key), order.placed_at, order.expires_at, new_id(),
        _json([_row(place, line) for place, line in enumerate(order.lines, 1)]), order.campaign,
    )  # fmt: skip
    return Step(WRITE, values)


def _row(place: int, line: NewLine) -> dict[str, Any]:
    priced = line.priced
    return {
        "id": line.id, "line_number": place, "product": line.product, "variant": line.variant, "title": line.title,
        "variant_title": line.variant_title, "sku": line.sku, "image_key": line.image_key, "quantity": line.quantity,
        "unit_amount": line.unit_amount, "goods_amount": priced.goods_amount, "discount_amount": priced.discount_amount,
        "freight_amount": priced.freight_amount, "tax_amount": priced.tax_amount, "price_breakdown": priced.breakdown,
        "requires_shipping": line.requires_shipping, "gift": line.gift,
    }  # fmt: skip


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


async def order_of_cart(cart: UUID) -> tuple[UUID, str] | None:
    """Id and number of the order this cart became."""
    row = await tenants.connection().fetchrow("SELECT id, number FROM orders WHERE cart = $1", cart)
    return (row["id"], row["number"]) if row else None
