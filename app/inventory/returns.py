"""Units of single order lines that are not wanted any more: never sent, or back from the shopper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg import Record

import tenants
from app.inventory.journal import Because, Moved, move_units
from app.inventory.promised import move_counts, turn


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the units of one order line are: still promised on shelves, or gone in parcels.

    `shelves` says of the promised ones at which warehouse they are.
    """

    promised: int
    shipped: int
    shelves: Mapping[UUID, int] = field(default_factory=dict)


STANDING = """
SELECT order_line, warehouse, shipped_quantity AS shipped,
    CASE WHEN status IN ('held', 'allocated') THEN quantity - shipped_quantity ELSE 0 END AS promised
FROM reservation WHERE order_id = $1 ORDER BY order_line, warehouse
"""
# What is left of the promise: fewer units, nothing more to send, or nothing at all.
FREE = """
WITH before AS (
    SELECT id, least($3, quantity - shipped_quantity) AS units FROM reservation
    WHERE order_line = $1 AND warehouse = $2 AND status = 'allocated' AND quantity > shipped_quantity FOR UPDATE
)
UPDATE reservation SET
    quantity = CASE WHEN reservation.quantity = before.units THEN reservation.quantity
        ELSE reservation.quantity - before.units END,
    status = CASE WHEN reservation.quantity - before.units > reservation.shipped_quantity THEN 'allocated'
        WHEN reservation.shipped_quantity > 0 THEN 'shipped' ELSE 'released' END
FROM before WHERE reservation.id = before.id
RETURNING reservation.variant, reservation.warehouse, before.units AS quantity
"""
# Goods come back together, so they go where most of them left.
BACK = """
SELECT variant, warehouse, order_id FROM reservation WHERE order_line = $1
ORDER BY shipped_quantity DESC, id LIMIT 1
"""


async def standing_of(order_id: UUID) -> dict[UUID, Standing]:
    """By order line; lines that never needed stock are missing."""
    rows = await tenants.connection().fetch(STANDING, order_id)
    lines: dict[UUID, list[Record]] = {}
    for row in rows:
        lines.setdefault(row["order_line"], []).append(row)
    return {line: _standing(parts) for line, parts in lines.items()}


def _standing(parts: Sequence[Record]) -> Standing:
    return Standing(
        promised=sum(row["promised"] for row in parts),
        shipped=sum(row["shipped"] for row in parts),
        shelves={row["warehouse"]: row["promised"] for row in parts if row["promised"]},
    )


async def free_units(units: Mapping[tuple[UUID, UUID], int]) -> None:
    """Units of paid order lines that their warehouses will not send can be sold again. They have not left, as the
    caller knows.
    """
    turned = [each for (line, place), count in units.items() for each in await turn(FREE, line, place, count)]
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
