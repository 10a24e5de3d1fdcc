"""Counts of stock as they stand, and setting them by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import tenants


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
