"""Counts of many variants at once, as a file or a product form gives them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

import tenants
from app.inventory.journal import WRITE, Because, lock_levels, row_of
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
    INSERT INTO stock_level (id, variant, warehouse, on_hand, tracked, oversell, safety, updated_at)
    SELECT level, variant, $2,
        CASE WHEN oversell THEN coalesce(available, 0) ELSE greatest(coalesce(available, 0), 0) END,
        tracked, oversell, coalesce((SELECT safety FROM stock_rule), 0), $3
    FROM given ORDER BY variant
    ON CONFLICT (variant, warehouse) DO NOTHING RETURNING variant, warehouse, on_hand AS delta
)
{WRITE}"""  # noqa: S608 - constants
_RECOUNT = f"""{_GIVEN} before AS (
    SELECT level.id, level.on_hand FROM stock_level AS level JOIN given USING (variant) WHERE level.warehouse = $2
), moved AS (
    UPDATE stock_level AS level SET on_hand = CASE WHEN given.available IS NULL THEN level.on_hand
            ELSE level.reserved + level.allocated + CASE WHEN given.oversell THEN given.available
                ELSE greatest(given.available, 0) END END,
        oversell = given.oversell, tracked = given.tracked, updated_at = $3
    FROM given, before WHERE level.variant = given.variant AND level.id = before.id
    RETURNING level.variant, level.warehouse, level.on_hand - before.on_hand AS delta
)
{WRITE}"""  # noqa: S608 - constants


async def take_counts(counts: Sequence[Count], warehouse: UUID, because: Because = BY_HAND) -> None:
    """Every variant gets a level in the warehouse; what can still be sold is set only where a number was given."""
    if not counts:
        return
    database, at = tenants.connection(), now()
    await lock_levels([count.variant for count in counts])
    given = [msgspec.structs.asdict(count) | {"level": new_id()} | row_of(because, at) for count in counts]
    for statement in (_RECOUNT, _NEW):
        await database.execute(statement, msgspec.json.encode(given).decode(), warehouse, at)


async def available_elsewhere(variants: Sequence[UUID], warehouse: UUID) -> dict[UUID, int]:
    """What can be sold of these variants from other warehouses than this one."""
    rows = await tenants.connection().fetch(
        "SELECT variant, sum(on_hand - reserved - allocated)::bigint AS units FROM stock_level"
        " WHERE variant = ANY($1::uuid[]) AND warehouse <> $2 GROUP BY variant",
        list(variants), warehouse,
    )  # fmt: skip
    return {row["variant"]: row["units"] for row in rows}
