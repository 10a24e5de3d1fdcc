"""Counts of many variants at once, as a file or a product form gives them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Count(msgspec.Struct, frozen=True):
    """What was said about one variant. `available` is what can still be sold; None says nothing, so it stays."""

    variant: UUID
    available: int | None
    tracked: bool = True
    oversell: bool = False


# Promised units come on top of what can still be sold, so a file can never break a promise made to an order.
_TAKE = """
INSERT INTO stock_level (id, variant, warehouse, on_hand, tracked, oversell, updated_at)
SELECT x.id, x.variant, $2,
    CASE WHEN x.oversell THEN coalesce(x.available, 0) ELSE greatest(coalesce(x.available, 0), 0) END,
    x.tracked, x.oversell, $3
FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, variant uuid, available bigint, tracked boolean, oversell boolean)
ORDER BY x.variant
ON CONFLICT (variant, warehouse) DO UPDATE SET tracked = EXCLUDED.tracked, oversell = EXCLUDED.oversell, updated_at = $3
"""
_RECOUNT = """
UPDATE stock_level SET on_hand = stock_level.reserved + stock_level.allocated
    + CASE WHEN x.oversell THEN x.available ELSE greatest(x.available, 0) END,
    oversell = x.oversell, tracked = x.tracked
FROM jsonb_to_recordset($1::jsonb) AS x(variant uuid, available bigint, tracked boolean, oversell boolean)
WHERE stock_level.variant = x.variant AND stock_level.warehouse = $2 AND x.available IS NOT NULL
"""


async def take_counts(counts: Sequence[Count], warehouse: UUID) -> None:
    """Every variant gets a level in the warehouse; what can still be sold is set only where a number was given."""
    if not counts:
        return
    database = tenants.connection()
    await _lock([count.variant for count in counts])
    given = [msgspec.structs.asdict(count) for count in counts]
    await database.execute(_RECOUNT, msgspec.json.encode(given).decode(), warehouse)
    rows = msgspec.json.encode([each | {"id": new_id()} for each in given]).decode()
    await database.execute(_TAKE, rows, warehouse, now())


async def recount(available: Mapping[UUID, int], warehouse: UUID) -> None:
    """Set what can still be sold, and nothing else; stock that may not go below zero is cut off there."""
    await _lock(available)
    await tenants.connection().execute(
        "UPDATE stock_level SET on_hand = reserved + allocated + CASE WHEN oversell THEN x.available"
        " ELSE greatest(x.available, 0) END, updated_at = $4"
        " FROM unnest($1::uuid[], $2::bigint[]) AS x(variant, available)"
        " WHERE stock_level.variant = x.variant AND stock_level.warehouse = $3",
        list(available), list(available.values()), warehouse, now(),
    )  # fmt: skip


async def _lock(variants: Iterable[UUID]) -> None:
    """In the order of the variants, like every promise of stock: a count and an order never wait in a circle."""
    await tenants.connection().execute(
        "SELECT id FROM stock_level WHERE variant = ANY($1::uuid[]) ORDER BY variant, warehouse FOR UPDATE",
        list(variants),
    )
