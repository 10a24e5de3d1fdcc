"""Counts of stock as they stand, and setting them by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class StockFigures:
    """One variant over all warehouses. `endless` stock is not counted, or may be sold below zero."""

    on_hand: int
    reserved: int
    allocated: int
    endless: bool

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated


async def figures_of(variants: Iterable[UUID]) -> dict[UUID, StockFigures]:
    """Figures of every variant that has a level at all."""
    rows = await tenants.connection().fetch(
        "SELECT variant, sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved,"
        " sum(allocated)::bigint AS allocated, bool_or(oversell OR NOT tracked) AS endless"
        " FROM stock_level WHERE variant = ANY($1::uuid[]) GROUP BY variant",
        list(variants),
    )
    return {
        row["variant"]: StockFigures(row["on_hand"], row["reserved"], row["allocated"], row["endless"]) for row in rows
    }


SET = """
INSERT INTO stock_level (id, variant, warehouse, on_hand, tracked, oversell, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (variant, warehouse) DO UPDATE SET on_hand = EXCLUDED.on_hand, tracked = EXCLUDED.tracked,
    oversell = EXCLUDED.oversell, updated_at = EXCLUDED.updated_at
WHERE EXCLUDED.oversell OR NOT EXCLUDED.tracked OR stock_level.reserved + stock_level.allocated <= EXCLUDED.on_hand
RETURNING id
"""


async def set_on_hand(
    variant: UUID, warehouse: UUID, on_hand: int, *, tracked: bool = True, oversell: bool = False
) -> None:
    """Say how many units the warehouse has. Refuses counts below what is already promised to orders."""
    done = await tenants.connection().fetchval(SET, new_id(), variant, warehouse, on_hand, tracked, oversell, now())
    if done is None:
        raise InvalidInput({"on_hand": "Orders already hold more than this. Cancel them first."})
