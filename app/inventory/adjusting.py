"""Changing what is on hand by hand: so many more or fewer, with a reason, and taken back by a counter entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args
from uuid import UUID

import tenants
from app.inventory.journal import Because, Moved, lock_levels, move_units
from app.kernel.errors import NotFound, Refusal

Reason = Literal["found", "lost", "damaged", "expired", "sample", "correction", "other"]
REASONS: tuple[Reason, ...] = get_args(Reason)
UNDONE = "undone"
# What somebody entered by hand; the rest follows from parcels, files and counts and is mended where it came from.
BY_HAND = ("adjust", "count")


class CannotBeUndone(Refusal):
    """Only what was entered by hand can be taken back, and only once."""

    code = "inventory.cannot_be_undone"
    status = 409
    message = "Only what was entered by hand can be undone, and only once."


async def adjust(variant: UUID, warehouse: UUID, units: int, *, reason: Reason, words: str = "", actor: str) -> None:
    """So many more, or fewer. Raises PromisedUnits."""
    because = Because("adjust", actor, reason=reason, words=words)
    await move_units([Moved(variant, warehouse, units, because)])


async def undo(move_id: UUID, *, actor: str) -> UUID:
    """Move the same units the other way; answers the variant. Raises NotFound, CannotBeUndone, PromisedUnits."""
    database = tenants.connection()
    move = await database.fetchrow(
        "SELECT kind, reason, variant, warehouse, delta FROM stock_move WHERE id = $1", move_id
    )
    if move is None:
        raise NotFound
    undone = "SELECT 1 FROM stock_move WHERE kind = 'adjust' AND source_id = $1"
    # The level is locked first, so that of two who undo the same the second sees the first.
    await lock_levels([move["variant"]])
    if move["kind"] not in BY_HAND or move["reason"] == UNDONE or await database.fetchval(undone, move_id):
        raise CannotBeUndone
    because = Because("adjust", actor, about=move_id, reason=UNDONE)
    await move_units([Moved(move["variant"], move["warehouse"], -move["delta"], because, source_id=move_id)])
    variant: UUID = move["variant"]
    return variant


async def change_counts(changes: Mapping[UUID, int], *, actor: str) -> None:
    """Levels by id with the difference to what was counted before. Raises NotFound, PromisedUnits."""
    rows = await tenants.connection().fetch(
        "SELECT id, variant, warehouse FROM stock_level WHERE id = ANY($1::uuid[])", list(changes)
    )
    if len(rows) < len(changes):
        raise NotFound
    because = Because("count", actor)
    await move_units(
        Moved(row["variant"], row["warehouse"], changes[row["id"]], because) for row in rows if changes[row["id"]]
    )
