"""Units that come back: good ones can be sold again, damaged ones are counted as scrap and never were stock again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an inspection found of one line. `source_id` is that line: it can come back once."""

    source_id: UUID
    order_line: UUID
    variant: UUID
    good: int
    damaged: int


# Back to where the units left from; what never had a parcel goes to the default warehouse.
HOME = """
SELECT coalesce(
    (SELECT warehouse FROM reservation WHERE order_line = $1 ORDER BY shipped_quantity DESC, id LIMIT 1),
    (SELECT id FROM warehouse ORDER BY is_default DESC, created_at, id LIMIT 1))
"""
MOVE = """
INSERT INTO stock_move (id, kind, variant, warehouse, quantity, source_id, actor, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (source_id, kind) DO NOTHING RETURNING id
"""
PUT_BACK = """
INSERT INTO stock_level (id, variant, warehouse, on_hand, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (variant, warehouse) DO UPDATE
SET on_hand = stock_level.on_hand + EXCLUDED.on_hand, updated_at = EXCLUDED.updated_at
"""


async def take_back(lines: list[TakenBack], *, actor: str) -> None:
    """Put good units on the shelf they left, and write scrap down. Twice is once. Call it last before COMMIT."""
    for line in sorted(lines, key=lambda line: line.variant):
        warehouse = await tenants.connection().fetchval(HOME, line.order_line)
        if line.good and await _moved(line, "restock", line.good, warehouse, actor):
            await tenants.connection().execute(PUT_BACK, new_id(), line.variant, warehouse, line.good, now())
        if line.damaged:
            await _moved(line, "scrap", line.damaged, warehouse, actor)


async def _moved(line: TakenBack, kind: str, quantity: int, warehouse: UUID, actor: str) -> bool:
    done = await tenants.connection().fetchval(
        MOVE, new_id(), kind, line.variant, warehouse, quantity, line.source_id, actor, now()
    )
    return done is not None
