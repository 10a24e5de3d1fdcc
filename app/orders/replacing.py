"""The order of a replacement: goods at no price, paid from the start, so that they leave like every other order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.orders.access import access_key, hash_key
from app.orders.reading import Order


@dataclass(frozen=True, slots=True)
class ReplacementLine:
    id: UUID
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    sku: str
    image_key: str | None
    quantity: int
    requires_shipping: bool


WRITE = """
INSERT INTO orders (id, number, customer, visitor_id, email, phone, status, payment_status, fulfillment_status,
    currency, locale, goods_amount, total_amount, ship_to, note, access_hash, event_seq, placed_at, paid_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'placed', 'paid', 'unfulfilled', $7, $8, 0, 0, $9, $10, $11, 2, $12, $12, $12)
"""
WRITE_LINE = """
INSERT INTO order_line (id, order_id, line_number, product, variant, title, variant_title, sku, image_key, quantity,
    unit_amount, goods_amount, price_breakdown, requires_shipping)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, '{"list": 0, "total": 0}', $11)
"""
WRITE_EVENT = """
INSERT INTO order_event (id, order_id, seq, field, from_status, to_status, cause, actor, at)
VALUES ($1, $2, $3, $4, $5, $6, 'exchange', $7, $8)
"""


async def write_replacement(order: Order, number: str, lines: Sequence[ReplacementLine], *, actor: str) -> UUID:
    """To the same person at the same address. The number is unique, so the same replacement is written once."""
    replacement, at, database = new_id(), now(), tenants.connection()
    await database.execute(
        WRITE, replacement, number, order.customer, order.visitor_id, order.email, order.phone, order.currency,
        order.locale, msgspec.json.encode(order.ship_to).decode(), order.number, hash_key(access_key(replacement)), at,
    )  # fmt: skip
    await database.executemany(
        WRITE_LINE,
        [
            (
                line.id, replacement, place, line.product, line.variant, line.title, line.variant_title, line.sku,
                line.image_key, line.quantity, line.requires_shipping,
            )
            for place, line in enumerate(lines, 1)
        ],
    )  # fmt: skip
    await database.executemany(
        WRITE_EVENT,
        [
            (new_id(), replacement, 1, "status", "draft", "placed", actor, at),
            (new_id(), replacement, 2, "payment_status", "unpaid", "paid", actor, at),
        ],
    )
    return replacement
