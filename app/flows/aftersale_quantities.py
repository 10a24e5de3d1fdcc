"""How much of an order can still be asked for, and what it is worth. Read under the order's lock to decide.

Units count as asked for as long as their request is open, and for good when it ended in money or a replacement; a
request that was declined or called off gives its units free again. Nobody can ask for what has not left the
warehouse, or what was refunded otherwise.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app import aftersales, orders


class Askable(msgspec.Struct, frozen=True):
    """One order line: delivered, asked for already, and worth so much in all."""

    id: UUID
    product: UUID
    variant: UUID
    title: str
    variant_title: str
    image_key: str | None
    quantity: int
    delivered: int
    asked: int
    total_amount: int

    @property
    def left(self) -> int:
        return max(self.delivered - self.asked, 0)

    def worth(self, quantity: int) -> int:
        """Units are priced so that all of them together are worth exactly the line, whoever asks for how many."""
        so_far = self.total_amount * self.asked // self.quantity
        return self.total_amount * (self.asked + quantity) // self.quantity - so_far


LINES = """
SELECT line.id, line.product, line.variant, line.title, line.variant_title, line.image_key, line.quantity,
    CASE WHEN line.requires_shipping THEN coalesce(gone.units, 0) ELSE line.quantity END AS delivered,
    coalesce(asked.units, 0) AS asked,
    line.goods_amount - line.discount_amount + line.tax_amount AS total_amount
FROM order_line AS line
LEFT JOIN (
    SELECT packed.order_line, sum(packed.quantity)::bigint AS units FROM fulfillment_line AS packed
    JOIN fulfillment ON fulfillment.id = packed.fulfillment
    WHERE fulfillment.order_id = $1 AND fulfillment.status NOT IN ('pending', 'packed', 'canceled')
    GROUP BY packed.order_line
) AS gone ON gone.order_line = line.id
LEFT JOIN (
    SELECT wish.order_line, sum(wish.quantity)::bigint AS units FROM aftersale_line AS wish
    JOIN aftersale ON aftersale.id = wish.aftersale
    WHERE aftersale.order_id = $1 AND aftersale.status = ANY($2::text[]) GROUP BY wish.order_line
) AS asked ON asked.order_line = line.id
WHERE line.order_id = $1 ORDER BY line.line_number
"""
ARRIVED = """
SELECT max(coalesce(delivered_at, shipped_at)) FROM fulfillment WHERE order_id = $1 AND status <> 'canceled'
"""


async def askable_lines(order: orders.Order) -> list[Askable]:
    """Every line with what is left of it; nothing is left of an order that was not paid, or cost nothing."""
    if not order.is_paid or order.refundable_amount <= 0:
        return []
    rows = await tenants.connection().fetch(LINES, order.id, list(aftersales.COUNTING))
    return [Askable(**row) for row in rows]


async def window_closes_at(order: orders.Order, policy: aftersales.Policy) -> datetime | None:
    """Until when a shopper may ask: counted from the last parcel, or from paying what needs none."""
    arrived: datetime | None = await tenants.connection().fetchval(ARRIVED, order.id)
    start = arrived or order.paid_at
    return start + timedelta(days=policy.return_days) if start else None


VARIANTS = """
SELECT id, product, title FROM variant WHERE product = ANY($1::uuid[]) AND active ORDER BY product, position
"""


async def variants_for_exchange(lines: list[Askable]) -> dict[UUID, list[tuple[UUID, str]]]:
    """What may come instead, by product: any of its variants that is still made."""
    rows = await tenants.connection().fetch(VARIANTS, [line.product for line in lines])
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for row in rows:
        found.setdefault(row["product"], []).append((row["id"], row["title"]))
    return found
