"""Short picks: so many units of a line that a warehouse has, and will not send; a person decides what follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Missing:
    """So many of an order line are not there; `found_sku` is what lay on the shelf in their place."""

    order_line: UUID
    units: int
    found_sku: str = ""


@dataclass(frozen=True, slots=True)
class ShortPick:
    id: UUID
    work_order: UUID
    order_line: UUID
    missing: int
    found_sku: str
    reason: str
    status: str
    told_at: datetime


# Told twice about a line, the larger number counts, and of what was found instead the later word.
RECORD = """
INSERT INTO short_pick (id, fulfillment_order, order_line, missing, found_sku, reason, told_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, now())
ON CONFLICT (fulfillment_order, order_line) DO UPDATE SET
    missing = greatest(short_pick.missing, EXCLUDED.missing),
    found_sku = CASE WHEN EXCLUDED.told_at > short_pick.told_at THEN EXCLUDED.found_sku ELSE short_pick.found_sku END,
    reason = CASE WHEN EXCLUDED.told_at > short_pick.told_at THEN EXCLUDED.reason ELSE short_pick.reason END,
    told_at = greatest(short_pick.told_at, EXCLUDED.told_at)
"""


async def record_short(work_order: UUID, lines: Iterable[Missing], reason: str, told_at: datetime) -> None:
    """Write it down, whatever will be done about it."""
    await tenants.connection().executemany(
        RECORD,
        [
            (new_id(), work_order, line.order_line, line.units, line.found_sku, reason[:500], told_at)
            for line in sorted(lines, key=lambda line: line.order_line)
            if line.units > 0
        ],
    )


async def short_picks_of(work_order: UUID) -> list[ShortPick]:
    rows = await tenants.connection().fetch(
        "SELECT id, fulfillment_order AS work_order, order_line, missing, found_sku, reason, status, told_at"
        " FROM short_pick WHERE fulfillment_order = $1 ORDER BY order_line",
        work_order,
    )
    return [ShortPick(**dict(row)) for row in rows]


async def settle_shorts(work_order: UUID, lines: Iterable[UUID] | None = None) -> None:
    """Somebody has decided what becomes of the missing units, of these lines or of all, and taken them off the work
    order if they are.
    """
    await tenants.connection().execute(
        "UPDATE short_pick SET status = 'settled' WHERE fulfillment_order = $1 AND status = 'open'"
        " AND ($2::uuid[] IS NULL OR order_line = ANY($2))",
        work_order,
        None if lines is None else list(lines),
    )
