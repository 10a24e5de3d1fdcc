"""The journal of stock: every change of what is on hand is one row, written by the statement that makes the change.

What is on hand of a variant in a warehouse is the sum of its rows. `because` names who did it and what a reader finds
more about; `source_id` of a row is what may move units only once, and is new where nothing could repeat itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

import msgspec
from asyncpg.exceptions import CheckViolationError

import tenants
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id

Kind = Literal[
    "opening", "receipt", "ship", "restock", "scrap", "count", "adjust", "import", "transfer", "sync", "short"
]
KINDS: tuple[Kind, ...] = get_args(Kind)


class Because(msgspec.Struct, frozen=True):
    """Why units move: `reason` is one of a few words, `words` is what somebody wrote."""

    kind: Kind
    actor: str
    about: UUID | None = None
    reason: str = ""
    words: str = ""


# What a statement with a CTE `moved (variant, warehouse, delta)` adds to write its rows down; $1 are rows of
# `row_of` with their variant and, unless all of them are in one warehouse, their warehouse.
WRITE = """
INSERT INTO stock_move (id, kind, variant, warehouse, quantity, delta, source_id, about, reason, words, actor, at)
SELECT move.id, move.kind, moved.variant, moved.warehouse, abs(moved.delta), moved.delta, move.source_id, move.about,
    move.reason, move.words, move.actor, move.at
FROM moved JOIN jsonb_to_recordset($1::jsonb) AS move(variant uuid, warehouse uuid, id uuid, kind text,
        source_id uuid, about uuid, reason text, words text, actor text, at timestamptz)
    ON move.variant = moved.variant AND (move.warehouse IS NULL OR move.warehouse = moved.warehouse)
WHERE moved.delta <> 0
"""
_MOVE = """
WITH asked AS (
    SELECT variant, warehouse, units FROM jsonb_to_recordset($1::jsonb) AS x(variant uuid, warehouse uuid, units bigint)
), locked AS (
    SELECT level.id, asked.units FROM stock_level AS level JOIN asked USING (variant, warehouse)
    ORDER BY level.variant, level.warehouse FOR UPDATE OF level
), moved AS (
    UPDATE stock_level AS level SET {what}, updated_at = $2
    FROM locked WHERE level.id = locked.id RETURNING level.variant, level.warehouse, locked.units AS delta
)
"""
MOVE = _MOVE.format(what="on_hand = level.on_hand + locked.units") + WRITE
# Units that leave were promised to the order they leave for.
SHIP = _MOVE.format(what="on_hand = level.on_hand + locked.units, allocated = level.allocated + locked.units") + WRITE


# Safety of a new level is what the store keeps back everywhere.
NEW = """
INSERT INTO stock_level (id, variant, warehouse, safety, updated_at)
SELECT x.id, x.variant, x.warehouse, coalesce((SELECT safety FROM stock_rule), 0), $4
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS x(id, variant, warehouse) ORDER BY x.variant, x.warehouse
ON CONFLICT (variant, warehouse) DO NOTHING
"""


class PromisedUnits(Refusal):
    """More would leave the shelf than lies there free of promises."""

    code = "inventory.promised_units"
    status = 409
    message = "So many cannot be taken away: they are not there, or orders hold them."


class Moved(msgspec.Struct, frozen=True):
    """So many units more, or fewer, of a variant in a warehouse. At most one of each pair at once."""

    variant: UUID
    warehouse: UUID
    units: int
    because: Because
    source_id: UUID | None = None


def row_of(because: Because, at: datetime, source_id: UUID | None = None) -> dict[str, Any]:
    """One row of the journal as WRITE reads it; the variant is for the caller to add."""
    return msgspec.structs.asdict(because) | {"id": new_id(), "source_id": source_id or new_id(), "at": at}


async def lock_levels(variants: Iterable[UUID]) -> None:
    """In the order of the variants, like every promise of stock: a count and an order never wait in a circle."""
    await tenants.connection().execute(
        "SELECT id FROM stock_level WHERE variant = ANY($1::uuid[]) ORDER BY variant, warehouse FOR UPDATE",
        list(variants),
    )


async def open_levels(places: Iterable[tuple[UUID, UUID]]) -> None:
    """Every pair of variant and warehouse has a level from now on."""
    pairs = sorted(set(places))
    ids, variants = [new_id() for _pair in pairs], [variant for variant, _warehouse in pairs]
    await tenants.connection().execute(NEW, ids, variants, [warehouse for _variant, warehouse in pairs], now())


async def move_units(moves: Iterable[Moved]) -> None:
    """Change what is on hand, in the order of the variants, and write it down; a shelf nobody used yet gets its level.

    Raises PromisedUnits.
    """
    wanted = list(moves)
    await open_levels((move.variant, move.warehouse) for move in wanted)
    try:
        await _move(MOVE, wanted)
    except CheckViolationError as error:
        if error.constraint_name != "never_promises_more_than_there_is":
            raise
        raise PromisedUnits from error


async def ship_units(moves: Iterable[Moved]) -> None:
    """The same for units of orders that were allocated to them and have left; `units` is negative."""
    await _move(SHIP, moves)


async def _move(statement: str, moves: Iterable[Moved]) -> None:
    at = now()
    rows = [
        {"variant": move.variant, "warehouse": move.warehouse, "units": move.units}
        | row_of(move.because, at, move.source_id)
        for move in moves
    ]
    if rows:
        await tenants.connection().execute(statement, msgspec.json.encode(rows).decode(), at)
