"""Counts of many variants at once, as a file or a product form gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.inventory.journal import WRITE, Because, row_of
from app.kernel.clock import now
from app.kernel.ids import new_id

BY_HAND = Because("count", "merchant")


class Count(msgspec.Struct, frozen=True):
    """What was said about one variant. `available` is what can still be sold; None says nothing, so it stays."""

    variant: UUID
    available: int | None
    tracked: bool = True
    oversell: bool = False


# Promised units come on top of what can still be sold, so a file can never break a promise made to an order.
_GIVEN = """
WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(level uuid, variant uuid, available bigint, tracked boolean,
        oversell boolean)
), """
_NEW = f"""{_GIVEN} moved AS (
    INSERT INTO stock_level (id, variant, warehouse, on_hand, tracked, oversell, updated_at)
    SELECT level, variant, $2,
        CASE WHEN oversell THEN coalesce(available, 0) ELSE greatest(coalesce(available, 0), 0) END,
        tracked, oversell, $3
    FROM given ORDER BY variant
    ON CONFLICT (variant, warehouse) DO NOTHING RETURNING variant, warehouse, on_hand AS delta
)
{WRITE}"""  # noqa: S608 - constants
_RECOUNT = f"""{_GIVEN} before AS (
    SELECT level.id, level.on_hand FROM stock_level AS level JOIN given USING (variant) WHERE level.warehouse = $2
), moved AS (
    UPDATE stock_level AS level SET on_hand = CASE WHEN given.available IS NULL THEN level.on_hand
            ELSE level.reserved + level.allocated + CASE WHEN coalesce(given.oversell, level.oversell)
                THEN given.available ELSE greatest(given.available, 0) END END,
        oversell = coalesce(given.oversell, level.oversell), tracked = coalesce(given.tracked, level.tracked),
        updated_at = $3
    FROM given, before WHERE level.variant = given.variant AND level.id = before.id
    RETURNING level.variant, level.warehouse, level.on_hand - before.on_hand AS delta
)
{WRITE}"""  # noqa: S608 - constants


async def take_counts(counts: Sequence[Count], warehouse: UUID, because: Because = BY_HAND) -> None:
    """Every variant gets a level in the warehouse; what can still be sold is set only where a number was given."""
    given = [msgspec.structs.asdict(count) | {"level": new_id()} for count in counts]
    await _write(given, warehouse, because, _RECOUNT, _NEW)


async def recount(available: Mapping[UUID, int], warehouse: UUID, because: Because = BY_HAND) -> None:
    """Set what can still be sold, and nothing else; stock that may not go below zero is cut off there."""
    given = [{"variant": variant, "available": units} for variant, units in available.items()]
    await _write(given, warehouse, because, _RECOUNT)


async def _write(given: Sequence[dict[str, Any]], warehouse: UUID, because: Because, *statements: str) -> None:
    """Levels are locked in the order of their variants, like every promise of stock, so no two wait in a circle."""
    if not given:
        return
    database = tenants.connection()
    await database.execute(
        "SELECT id FROM stock_level WHERE variant = ANY($1::uuid[]) ORDER BY variant, warehouse FOR UPDATE",
        [each["variant"] for each in given],
    )
    at = now()
    rows = [each | row_of(because, at) for each in given]
    for statement in statements:
        await database.execute(statement, msgspec.json.encode(rows).decode(), warehouse, at)
