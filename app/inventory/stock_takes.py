"""Counting a warehouse: open, count, look at the differences, take them over or abandon the whole.

    open_take -> set_counts, again as often as somebody counts -> apply_take
        |                                                          (what orders hold stays to be looked at)
        +-> abandon_take

A difference is what was counted less what should have lain there when it was counted. It is added to what lies there
now, so parcels that left between counting and taking over are not counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.inventory.journal import Because, Moved, lock_levels, move_units
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

_COLUMNS = "id, warehouse, title, blind, status, opened_by, opened_at, closed_by, closed_at"
MOST_TAKES = 50
# Everything that is counted in the warehouse at all, or what was chosen of it, whether it ever lay there or not.
_LINES = """
INSERT INTO stock_take_line (id, stock_take, variant)
SELECT x.id, $1, x.variant FROM unnest($2::uuid[], $3::uuid[]) AS x(id, variant) ORDER BY x.variant
"""
_COUNTED_THERE = """
SELECT level.variant FROM stock_level AS level JOIN variant ON variant.id = level.variant AND variant.active
JOIN product ON product.id = variant.product AND product.status <> 'archived'
WHERE level.warehouse = $1 AND level.tracked ORDER BY level.variant
"""
_COUNT = """
UPDATE stock_take_line AS line SET counted = x.counted, counted_by = $4, counted_at = $5,
    seen = coalesce((SELECT on_hand FROM stock_level AS level
        WHERE level.variant = line.variant AND level.warehouse = $3), 0)
        - coalesce((SELECT sum(move.delta) FROM stock_move AS move WHERE move.variant = line.variant
            AND move.warehouse = $3 AND move.at > $5), 0)
FROM unnest($1::uuid[], $2::bigint[]) AS x(variant, counted)
WHERE line.stock_take = $6 AND line.variant = x.variant AND line.applied_at IS NULL
RETURNING line.variant
"""
_TO_APPLY = """
SELECT line.id, line.variant, line.counted - line.seen AS delta,
    coalesce(level.tracked AND NOT level.oversell
        AND level.on_hand + line.counted - line.seen < level.reserved + level.allocated, line.counted < line.seen)
        AS held
FROM stock_take_line AS line
LEFT JOIN stock_level AS level ON level.variant = line.variant AND level.warehouse = $2
WHERE line.stock_take = $1 AND line.counted IS NOT NULL AND line.applied_at IS NULL
"""
_CLOSE = "UPDATE stock_take SET status = $2, closed_by = $3, closed_at = $4 WHERE id = $1"


class TakeClosed(Refusal):
    """It was taken over or abandoned."""

    code = "inventory.take_closed"
    status = 409
    message = "This stock take is closed."


class NothingCounted(Refusal):
    """Nothing of it was counted yet, so there is nothing to take over."""

    code = "inventory.nothing_counted"
    status = 409
    message = "Nothing was counted yet."


class StockTake(msgspec.Struct, frozen=True):
    """One count; `blind` hides from who counts what should be there."""

    id: UUID
    warehouse: UUID
    title: str
    blind: bool
    status: str
    opened_by: str
    opened_at: datetime
    closed_by: str
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.status == "counting"


async def open_take(warehouse: UUID, variants: Sequence[UUID] | None, *, title: str, blind: bool, by: str) -> UUID:
    """Of these variants, or of all that are counted there."""
    take, database = new_id(), tenants.connection()
    if variants is None:
        variants = [row["variant"] for row in await database.fetch(_COUNTED_THERE, warehouse)]
    await database.execute(
        "INSERT INTO stock_take (id, warehouse, title, blind, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5, $6)",
        take, warehouse, title, blind, by, now(),
    )  # fmt: skip
    chosen = sorted(set(variants))
    await database.execute(_LINES, take, [new_id() for _variant in chosen], chosen)
    return take


async def recent_takes() -> list[StockTake]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM stock_take ORDER BY opened_at DESC, id DESC LIMIT $1",  # noqa: S608 - constant names
        MOST_TAKES,
    )
    return [StockTake(**row) for row in rows]


async def find_take(take_id: UUID, *, lock: bool = False) -> StockTake:
    """Raises NotFound; with `lock` also TakeClosed."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM stock_take WHERE id = $1 {'FOR UPDATE' if lock else ''}",  # noqa: S608 - constants
        take_id,
    )
    if row is None:
        raise NotFound
    take = StockTake(**row)
    if lock and not take.is_open:
        raise TakeClosed
    return take


async def set_counts(take_id: UUID, counts: Mapping[UUID, int | None], *, at: datetime, by: str) -> int:
    """What lay there at that moment, by variant; None forgets a count. Answers how many lines took one."""
    take = await find_take(take_id, lock=True)
    taken = await tenants.connection().fetch(
        _COUNT, list(counts), list(counts.values()), take.warehouse, by, at, take_id
    )
    return len(taken)


async def apply_take(take_id: UUID, *, by: str) -> tuple[int, int]:
    """Take the differences over: how many lines were, and how many stay because orders hold more than was counted.

    The take is closed when nothing counted is left. Raises TakeClosed, NothingCounted.
    """
    take, database = await find_take(take_id, lock=True), tenants.connection()
    counted = "SELECT variant FROM stock_take_line WHERE stock_take = $1 AND counted IS NOT NULL AND applied_at IS NULL"
    await lock_levels(row["variant"] for row in await database.fetch(counted, take_id))
    lines = await database.fetch(_TO_APPLY, take_id, take.warehouse)
    if not lines:
        raise NothingCounted
    because = Because("count", by, about=take_id, words=take.title)
    good = [line for line in lines if not line["held"]]
    await move_units(
        Moved(line["variant"], take.warehouse, line["delta"], because, source_id=line["id"])
        for line in good if line["delta"]
    )  # fmt: skip
    await database.execute(
        "UPDATE stock_take_line SET applied_at = $2 WHERE id = ANY($1::uuid[])", [line["id"] for line in good], now()
    )
    if len(good) == len(lines):
        await database.execute(_CLOSE, take_id, "applied", by, now())
    return len(good), len(lines) - len(good)


async def abandon_take(take_id: UUID, *, by: str) -> None:
    """Nothing of what is not taken over changes anything. Raises TakeClosed."""
    await find_take(take_id, lock=True)
    await tenants.connection().execute(_CLOSE, take_id, "abandoned", by, now())
