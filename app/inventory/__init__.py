"""Room: stock per variant and warehouse, and what is promised of it."""

from app.inventory.counts import Count, recount, take_counts
from app.inventory.inspections import TakenBack, take_back
from app.inventory.journal import KINDS, Because, Moved, move_units
from app.inventory.levels import StockFigures, figures_of
from app.inventory.loans import Loan, call_in, lend, loans_of
from app.inventory.promises import (
    FREE,
    PROMISING,
    NotEnoughStock,
    Wanted,
    allocate,
    allocate_at_commit,
    hold_fewer,
    hold_until,
    is_too_little,
    release,
    reserve,
    reserve_at_commit,
    ship,
)
from app.inventory.returns import Standing, free_units, put_back, standing_of

__all__ = [
    "FREE", "KINDS", "PROMISING", "Because", "Count", "Loan", "Moved", "NotEnoughStock", "Standing", "StockFigures",
    "TakenBack", "Wanted", "allocate", "allocate_at_commit", "call_in", "figures_of", "free_units", "hold_fewer",
    "hold_until", "is_too_little", "lend", "loans_of", "move_units", "put_back", "recount", "release", "reserve",
    "reserve_at_commit", "ship", "standing_of", "take_back", "take_counts",
]  # fmt: skip
