"""What a table of stock would change, and changing it: rows that would break a promise stay out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from asyncpg import Record

import tenants
from app.inventory.journal import Because, Moved, lock_levels, move_units, open_levels
from app.inventory.sheets import StockRow
from app.kernel.clock import now

_LEVELS = """
SELECT level.variant, level.warehouse, level.on_hand, level.reserved + level.allocated AS promised, level.safety,
    level.tracked AND NOT level.oversell AS strict
FROM stock_level AS level JOIN unnest($1::uuid[], $2::uuid[]) AS x(variant, warehouse) USING (variant, warehouse)
"""
_SAFETY = """
UPDATE stock_level AS level SET safety = x.safety, own_safety = true, updated_at = $4
FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS x(variant, warehouse, safety)
WHERE level.variant = x.variant AND level.warehouse = x.warehouse AND level.safety <> x.safety
"""


class StockChange(msgspec.Struct, frozen=True):
    """One row with what it finds and what it leaves; `held` says that orders hold more than it would leave."""

    row: StockRow
    before: int
    after: int
    safety_before: int
    safety_after: int
    held: bool

    @property
    def changes(self) -> bool:
        return (self.before, self.safety_before) != (self.after, self.safety_after)


async def changes_of(rows: Sequence[StockRow]) -> list[StockChange]:
    """What the rows would do now."""
    found = await tenants.connection().fetch(_LEVELS, [row.variant for row in rows], [row.warehouse for row in rows])
    levels = {(level["variant"], level["warehouse"]): level for level in found}
    return [_change(row, levels.get((row.variant, row.warehouse))) for row in rows]


async def apply_rows(rows: Sequence[StockRow], because: Because) -> list[StockChange]:
    """Change the shelves; answers what was done, and with `held` what was left out."""
    await open_levels((row.variant, row.warehouse) for row in rows)
    await lock_levels({row.variant for row in rows})
    changes = await changes_of(rows)
    good = [change for change in changes if not change.held]
    await move_units(
        Moved(change.row.variant, change.row.warehouse, change.after - change.before, because)
        for change in good if change.after != change.before
    )  # fmt: skip
    await _keep_back(change for change in good if change.row.safety is not None)
    return changes


def _change(row: StockRow, level: Record | None) -> StockChange:
    before, promised, safety, strict = (
        (level["on_hand"], level["promised"], level["safety"], level["strict"]) if level else (0, 0, 0, True)
    )
    kept = safety if row.safety is None else row.safety
    after: int = before
    if row.on_hand is not None:
        after = row.on_hand
    elif row.available is not None:
        after = promised + row.available + (kept if strict else 0)
    return StockChange(row, before, after, safety, kept, held=strict and after < promised)


async def _keep_back(changes: Iterable[StockChange]) -> None:
    shelves: list[tuple[UUID, UUID, int]] = [
        (change.row.variant, change.row.warehouse, change.safety_after) for change in changes
    ]
    if shelves:
        await tenants.connection().execute(_SAFETY, *map(list, zip(*shelves, strict=True)), now())
