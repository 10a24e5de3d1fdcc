"""What warehouses tell of their own work and shelves: how far an order is, and what they counted.

What we promise to shoppers rests on our own figures; the counts are for comparing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of a SKU are free in a warehouse, by its own count."""

    warehouse: UUID
    sku: str
    available: int
    counted_at: datetime


# A moment that has not come yet would outlast every later count.
COUNT = """
INSERT INTO warehouse_count (id, warehouse, sku, available, counted_at, told_at)
VALUES ($1, $2, $3, $4, least($5, now()), now())
ON CONFLICT (warehouse, sku) DO UPDATE
SET available = EXCLUDED.available, counted_at = EXCLUDED.counted_at, told_at = EXCLUDED.told_at
WHERE (EXCLUDED.counted_at, EXCLUDED.available) > (warehouse_count.counted_at, warehouse_count.available)
"""
PROGRESS = """
UPDATE fulfillment_order SET packed_at = least(packed_at, $3), updated_at = now(), picked = greatest(picked,
    least(CASE WHEN $3::timestamptz IS NULL THEN $2::bigint ELSE units.all_of_it END, units.all_of_it))
FROM (SELECT coalesce(sum(quantity), 0)::bigint AS all_of_it FROM fulfillment_order_line
    WHERE fulfillment_order = $1) AS units
WHERE id = $1
"""


async def note_counts(counts: Iterable[Counted]) -> None:
    """Keep the newest count of each SKU; an older one never beats it."""
    await tenants.connection().executemany(
        COUNT,
        [
            (new_id(), one.warehouse, one.sku, one.available, one.counted_at)
            for one in sorted(counts, key=lambda one: (one.warehouse, one.sku))
        ],
    )


async def counts_of(warehouse: UUID) -> dict[str, Counted]:
    """By SKU, what the warehouse said last."""
    rows = await tenants.connection().fetch(
        "SELECT warehouse, sku, available, counted_at FROM warehouse_count WHERE warehouse = $1", warehouse
    )
    return {row["sku"]: Counted(**dict(row)) for row in rows}


async def record_progress(work_order: UUID, picked: int, packed_at: datetime | None) -> None:
    """So many units lie in the basket, or all of them are packed. It never becomes less again."""
    await tenants.connection().execute(PROGRESS, work_order, max(picked, 0), packed_at)
