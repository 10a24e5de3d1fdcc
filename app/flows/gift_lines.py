"""Gift lines of an order and the goods they came with. Not a journey of its own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import fulfillment
from app.payments import Part

# What came with goods of which so much is left, and was never sent: the goods' line, the gift's line, its units.
UNSENT = """
SELECT goods.id AS goods, line.id AS line, line.gift, sum(held.quantity - held.shipped_quantity)::integer AS units
FROM order_line AS line JOIN live_gift AS gift ON gift.id = line.gift
JOIN order_line AS goods ON goods.order_id = line.order_id AND goods.variant = gift.for_variant AND goods.gift IS NULL
JOIN reservation AS held ON held.order_line = line.id AND held.status = 'allocated'
WHERE line.order_id = $1 AND held.quantity > held.shipped_quantity GROUP BY goods.id, line.id, line.gift
"""


async def falling_away(
    order_id: UUID, left: Sequence[Part], parts: Sequence[Part], *, whole: bool
) -> tuple[list[Part], list[UUID]]:
    """Gifts of goods that are given back to the last unit, or with the whole order: parts without money, and their ids.

    One that the warehouse may be packing goes out all the same, and so does one whose goods are kept in part.
    """
    standing = {part.order_line: part.quantity for part in left}
    gone = {part.order_line for part in parts if whole or 0 < part.quantity >= standing.get(part.order_line, 0)}
    if not gone:
        return [], []
    packing = {line for line, _warehouse in await fulfillment.packing(order_id)}
    rows = [
        row
        for row in await tenants.connection().fetch(UNSENT, order_id)
        if row["goods"] in gone and row["line"] not in packing
    ]
    return [Part(row["line"], row["units"]) for row in rows], [row["gift"] for row in rows]
