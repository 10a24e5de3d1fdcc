"""Units that come back: good ones can be sold again, damaged ones are counted as scrap and never were stock again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an inspection found of one line. `source_id` is that line, or a warehouse's part of it: it comes back once.

    Without a `warehouse` it is where the units left from.
    """

    source_id: UUID
    order_line: UUID
    variant: UUID
    good: int
    damaged: int
    warehouse: UUID | None = None


# Back to where the units left from; what never had a parcel goes to the default warehouse.
HOME = """
SELECT coalesce(
    (SELECT warehouse FROM reservation WHERE order_line = $1 ORDER BY shipped_quantity DESC, id LIMIT 1),
    (SELECT id FROM warehouse ORDER BY is_default DESC, created_at, id LIMIT 1))
"""
SCRAP = """
INSERT INTO stock_move (id, kind, variant, warehouse, quantity, source_id, about, actor, at)
VALUES ($1, 'scrap', $2, $3, $4, $5, (SELECT order_id FROM order_line WHERE id = $6), $7, $8)
ON CONFLICT (source_id, kind) DO NOTHING
"""
PUT_BACK = """
WITH moved AS (
    INSERT INTO stock_move (id, kind, variant, warehouse, quantity, delta, source_id, about, actor, at)
    VALUES ($1, 'restock', $2, $3, $4::integer, $4::integer, $5,
        (SELECT order_id FROM order_line WHERE id = $6), $7, $8)
    ON CONFLICT (source_id, kind) DO NOTHING RETURNING variant, warehouse, delta, at
)
INSERT INTO stock_level (id, variant, warehouse, on_hand, updated_at)
SELECT $9, variant, warehouse, delta, at FROM moved
ON CONFLICT (variant, warehouse) DO UPDATE
SET on_hand = stock_level.on_hand + EXCLUDED.on_hand, updated_at = EXCLUDED.updated_at
"""


async def take_back(lines: list[TakenBack], *, actor: str) -> None:
    """Put good units on the shelf they left, and write scrap down. Twice is once. Call it last before COMMIT."""
    database = tenants.connection()
    for line in sorted(lines, key=lambda line: (line.variant, str(line.warehouse or ""))):
        warehouse = line.warehouse or await database.fetchval(HOME, line.order_line)
        if line.good:
            values = (new_id(), line.variant, warehouse, line.good, line.source_id, line.order_line, actor, now())
            await database.execute(PUT_BACK, *values, new_id())
        if line.damaged:
            values = (new_id(), line.variant, warehouse, line.damaged, line.source_id, line.order_line, actor, now())
            await database.execute(SCRAP, *values)
