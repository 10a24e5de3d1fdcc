"""Room: stock per variant and warehouse, and what is promised of it."""

from app.inventory.counts import Count, recount, take_counts
from app.inventory.levels import StockFigures, figures_of
from app.inventory.promises import NotEnoughStock, Wanted, allocate, release, reserve, ship

__all__ = [
    "Count", "NotEnoughStock", "StockFigures", "Wanted", "allocate", "figures_of", "recount", "release", "reserve",
    "ship", "take_counts",
]  # fmt: skip
