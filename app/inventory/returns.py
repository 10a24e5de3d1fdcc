"""Units of single order lines that are not wanted any more: never sent, or back from the shopper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.inventory.journal import Because, Moved, move_units
from app.inventory.promises import move_counts, turn


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the units of one order line are: still promised on a shelf, or gone in parcels."""

    promised: int
    shipped: int


STANDING = """
SELECT order_line, shipped_quantity AS shipped,
    CASE WHEN status IN ('held', 'allocated') THEN quantity - shipped_quantity ELSE 0 END AS promised
FROM reservation WHERE order_id = $1
"""
# What is left of the promise: fewer units, nothing more to send, or nothing at all.
FREE = """
WITH before AS (
    SELECT id, least($2, quantity - shipped_quantity) AS units FROM reservation
    WHERE order_line = $1 AND status = 'allocated' AND quantity > shipped_quantity
    ORDER BY id LIMIT 1 FOR UPDATE
)
UPDATE reservation SET
    quantity = CASE WHEN reservation.quantity = before.units THEN reservation.quantity
        ELSE reservation.quantity - before.units END,
    status = CASE WHEN reservation.quantity - before.units > reservation.shipped_quantity THEN 'allocated'
        WHEN reservation.shipped_quantity > 0 THEN 'shipped' ELSE 'released' END
FROM before WHERE reservation.id = before.id
RETURNING reservation.variant, reservation.warehouse, before.units AS quantity
"""
BACK = """
SELECT variant, warehouse, order_id FROM reservation WHERE order_line = $1
ORDER BY shipped_quantity DESC, id LIMIT 1
"""


async def standing_of(order_id: UUID) -> dict[UUID, Standing]:
    """By order line; lines that never needed stock are missing."""
    rows = await tenants.connection().fetch(STANDING, order_id)
    return {row["order_line"]: Standing(row["promised"], row["shipped"]) for row in rows}


async def free_units(units: Mapping[UUID, int]) -> None:
    """Units of paid order lines that will not be sent can be sold again. The caller knows that they have not left."""
    turned = [each for line, count in units.items() for each in await turn(FREE, line, count)]
    await move_counts(
        "UPDATE stock_level SET allocated = allocated - $3, updated_at = $4 WHERE variant = $1 AND warehouse = $2",
        sorted(turned),
    )


async def put_back(units: Mapping[UUID, int], *, actor: str = "system") -> None:
    """Units that came back from the shopper are on the shelf they were sent from, for sale again."""
    back: Counter[tuple[UUID, UUID]] = Counter()
    orders: dict[tuple[UUID, UUID], UUID] = {}
    for line, count in units.items():
        if home := await tenants.connection().fetchrow(BACK, line):
            back[home["variant"], home["warehouse"]] += count
            orders[home["variant"], home["warehouse"]] = home["order_id"]
    await move_units(
        Moved(*place, count, Because("restock", actor, about=orders[place])) for place, count in back.items()
    )
