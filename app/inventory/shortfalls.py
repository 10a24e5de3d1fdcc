"""Units that the books have and the shelf has not: what a short pick shows, written down in the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

import tenants
from app.inventory.journal import Because, Moved, move_units

FREE_THERE = """
SELECT variant, on_hand - reserved - allocated AS units FROM stock_level
WHERE warehouse = $1 AND variant = ANY($2::uuid[]) AND tracked AND on_hand > reserved + allocated
ORDER BY variant FOR UPDATE
"""


async def write_down_free(variants: Iterable[UUID], warehouse: UUID, *, about: UUID, actor: str) -> None:
    """A warehouse that cannot pick what was promised has nothing for anybody else. Last before COMMIT."""
    rows = await tenants.connection().fetch(FREE_THERE, warehouse, list(variants))
    because = Because("short", actor, about=about)
    await move_units(Moved(row["variant"], warehouse, -row["units"], because) for row in rows)


async def write_off(units: Mapping[tuple[UUID, UUID], int], *, about: UUID, actor: str) -> None:
    """So many of a variant in a warehouse were promised, are not any more, and never were there. Last before COMMIT."""
    because = Because("short", actor, about=about)
    await move_units(Moved(*place, -count, because) for place, count in units.items() if count)
