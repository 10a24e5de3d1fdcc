"""How much of an order can still be asked for, and what it is worth. Read under the order's lock to decide.

Units count as asked for as long as their request is open, and for good when it ended in money or a replacement; a
request that was declined or called off gives its units free again. Nobody can ask for what has not left the
warehouse, or what was refunded otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app import aftersales, orders
from app.kernel.money import CURRENCIES


class Askable(msgspec.Struct, frozen=True):
    """One order line: delivered, asked for already, and worth so much in all. Other refunds are taken off before.

    A gift is not asked for by itself: it `follows` the goods it came with, when all of them go back, or it is kept.
    """

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
    gift: UUID | None = None
    follows: UUID | None = None
    on_return: str | None = None
    step: int = 1

    @property
    def left(self) -> int:
        """What can be chosen of it."""
        return 0 if self.gift else self.there

    @property
    def there(self) -> int:
        return max(min(self.delivered, self.quantity) - self.asked, 0)

    def worth(self, quantity: int) -> int:
        """Units are priced so that all of them together are worth exactly the line, whoever asks for how many."""
        return self._up_to(self.asked + quantity) - self._up_to(self.asked)

    def _up_to(self, units: int) -> int:
        if units >= self.quantity:
            return self.total_amount
        amount = self.total_amount * units // self.quantity
        return amount - amount % self.step


LINES = """
SELECT line.id, line.product, line.variant, line.title, line.variant_title, line.image_key,
    line.quantity - coalesce(other.units, 0) AS quantity,
    CASE WHEN line.requires_shipping THEN coalesce(gone.units, 0) ELSE line.quantity END
        - coalesce(other.sent_units, 0) AS delivered,
    coalesce(asked.units, 0) AS asked,
    line.goods_amount - line.discount_amount + line.tax_amount - coalesce(other.amount, 0) AS total_amount,
    line.gift, gift.on_return,
    (SELECT goods.id FROM order_line AS goods WHERE goods.order_id = $1 AND goods.gift IS NULL
        AND goods.variant = gift.for_variant ORDER BY goods.line_number LIMIT 1) AS follows
FROM order_line AS line LEFT JOIN live_gift AS gift ON gift.id = line.gift
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
LEFT JOIN (
    SELECT back.order_line, sum(back.quantity)::bigint AS units,
        sum(back.quantity - back.released_quantity)::bigint AS sent_units,
        sum(back.goods_amount + back.tax_amount)::bigint AS amount
    FROM refund_line AS back JOIN refund ON refund.id = back.refund
    WHERE refund.order_id = $1
        AND NOT EXISTS (SELECT 1 FROM aftersale WHERE aftersale.order_id = $1
            AND refund.source_id IN (aftersale.id, aftersale.rest_id))
    GROUP BY back.order_line
) AS other ON other.order_line = line.id
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
    step = CURRENCIES[order.currency].step
    return [Askable(**row, step=step) for row in rows if row["quantity"] > 0]


def gifts_asked_back(known: Sequence[Askable], wanted: Mapping[UUID, int]) -> dict[UUID, int]:
    """Units of gifts that come back with a return: those of goods of which nothing is left, where that was the rule."""
    gone = {line.id for line in known if line.id in wanted and line.asked + wanted[line.id] >= line.quantity}
    return {
        gift.id: gift.there for gift in known if gift.follows in gone and gift.on_return == "asked_back" and gift.there
    }


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
