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
from app.orders.access import access_key, hash_key
from app.orders.amounts import Priced, PricedLine


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line with its snapshot: what the product was called and cost when it was bought."""

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


@dataclass(frozen=True, slots=True)
class NewOrder:
    id: UUID
    number: str
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

    @property
    def priced(self) -> Priced:
        return Priced(tuple(line.priced for line in self.lines))

    @property
    def total_amount(self) -> int:
        return self.priced.total_amount


WRITE = """
WITH placed AS (
    INSERT INTO orders (id, number, cart, customer, visitor_id, email, phone, status, payment_status,
        fulfillment_status, currency, locale, goods_amount, discount_amount, freight_amount, tax_amount, total_amount,
        price_rules, ship_to, note, access_hash, event_seq, placed_at, expires_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'placed', 'unpaid', 'unfulfilled', $8, $9, $10, $33, $11, $34, $12, $35, $13,
        $14, $15, 1, $16, $17, $16)
), told AS (
    INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
    VALUES ($18, $1, 1, 'status', 'draft', 'placed', 'checkout', 'shopper', $16)
), closed AS (
    UPDATE cart SET status = 'ordered', updated_at = $16 WHERE id = $3
)
INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, image_key, quantity,
    unit_amount, goods_amount, discount_amount, freight_amount, tax_amount, price_breakdown, requires_shipping)
SELECT id, $1, line_number, product, variant, title, variant_title, sku, image_key, quantity, unit_amount, goods_amount,
    discount_amount, freight_amount, tax_amount, price_breakdown::jsonb, requires_shipping
FROM unnest($19::uuid[], $20::integer[], $21::uuid[], $22::uuid[], $23::text[], $24::text[], $25::text[], $26::text[],
    $27::integer[], $28::bigint[], $29::bigint[], $30::bigint[], $31::text[], $32::boolean[], $36::bigint[],
    $37::bigint[])
    AS line (id, line_number, product, variant, title, variant_title, sku, image_key, quantity, unit_amount,
        goods_amount, freight_amount, price_breakdown, requires_shipping, discount_amount, tax_amount)
"""


async def write_order(order: NewOrder) -> None:
    """Order, lines, first event and the end of its cart. The cart's uniqueness refuses a second order of it."""
    lines, priced = order.lines, order.priced
    await tenants.connection().execute(
        WRITE, order.id, order.number, order.cart, order.customer, order.visitor_id, order.email, order.phone,
        order.currency, order.locale, priced.goods_amount, priced.freight_amount, priced.total_amount,
        msgspec.json.encode(order.ship_to).decode(), order.note, hash_key(access_key(order.id)),
        order.placed_at, order.expires_at, new_id(),
        [line.id for line in lines], list(range(1, len(lines) + 1)),
        [line.product for line in lines], [line.variant for line in lines],
        [line.title for line in lines], [line.variant_title for line in lines], [line.sku for line in lines],
        [line.image_key for line in lines], [line.quantity for line in lines], [line.unit_amount for line in lines],
        [line.priced.goods_amount for line in lines], [line.priced.freight_amount for line in lines],
        [msgspec.json.encode(line.priced.breakdown).decode() for line in lines],
        [line.requires_shipping for line in lines],
        priced.discount_amount, priced.tax_amount, msgspec.json.encode(order.price_rules).decode(),
        [line.priced.discount_amount for line in lines], [line.priced.tax_amount for line in lines],
    )  # fmt: skip


async def order_of_cart(cart: UUID) -> tuple[UUID, str] | None:
    """Id and number of the order this cart became."""
    row = await tenants.connection().fetchrow("SELECT id, number FROM orders WHERE cart = $1", cart)
    return (row["id"], row["number"]) if row else None
