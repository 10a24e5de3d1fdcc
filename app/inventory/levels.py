"""Counts of stock as they stand, and setting them by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import tenants
from app.inventory.promises import FREE, PROMISING

FIGURES = f"""
SELECT variant, sum(on_hand)::bigint AS on_hand, sum(reserved)::bigint AS reserved,
    sum(allocated)::bigint AS allocated, bool_or(oversell OR NOT tracked) AS endless,
    CASE WHEN bool_or((oversell OR NOT tracked) AND {PROMISING}) THEN NULL
        ELSE coalesce(sum({FREE}) FILTER (WHERE {FREE} > 0 AND {PROMISING}), 0)::bigint END AS for_sale
FROM stock_level WHERE variant = ANY($1::uuid[]) GROUP BY variant
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class StockFigures:
    """One variant over all warehouses. `endless` stock is not counted, or may be sold below zero.

    `for_sale` is what a shopper can still be promised: not what is kept back, nor what a paused warehouse has. None if
    there is no end to it.
    """

    on_hand: int
    reserved: int
    allocated: int
    endless: bool
    for_sale: int | None

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.allocated


async def figures_of(variants: Iterable[UUID]) -> dict[UUID, StockFigures]:
    """Figures of every variant that has a level at all."""
    rows = await tenants.connection().fetch(FIGURES, list(variants))
    return {
        row["variant"]: StockFigures(row["on_hand"], row["reserved"], row["allocated"], row["endless"], row["for_sale"])
        for row in rows
    }
