"""Room: stock per variant and warehouse, and what is promised of it."""

from app.inventory.adjusting import BY_HAND, REASONS, UNDONE, CannotBeUndone, Reason, adjust, change_counts, undo
from app.inventory.arrivals import (
    AlreadyClosed,
    Arrival,
    arrivals_of,
    call_off,
    expect,
    find_arrival,
    receive,
    transfer,
)
from app.inventory.counts import Count, available_elsewhere, take_counts
from app.inventory.inspections import TakenBack, take_back
from app.inventory.journal import KINDS, Because, Moved, PromisedUnits, move_units
from app.inventory.levels import StockFigures, figures_of
from app.inventory.loans import Loan, call_in, lend, loans_of
from app.inventory.moving import Allotted, GoneMeanwhile, Moving, allotted_of, free_units_of, move_promises
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
from app.inventory.rules import LOW, StockRule, change_rule, change_terms, stock_rule

__all__ = [
    "BY_HAND", "FREE", "KINDS", "LOW", "PROMISING", "REASONS", "UNDONE", "Allotted", "AlreadyClosed", "Arrival",
    "Because", "CannotBeUndone", "Count", "GoneMeanwhile", "Loan", "Moved", "Moving", "NotEnoughStock",
    "PromisedUnits", "Reason", "Standing", "StockFigures", "StockRule", "TakenBack", "Wanted", "adjust", "allocate",
    "allocate_at_commit", "allotted_of", "arrivals_of", "available_elsewhere", "call_in", "call_off", "change_counts",
    "change_rule", "change_terms", "expect", "figures_of", "find_arrival", "free_units", "free_units_of", "hold_fewer",
    "hold_until", "is_too_little", "lend", "loans_of", "move_promises", "move_units", "put_back", "receive", "recount",
    "release", "reserve", "reserve_at_commit", "ship", "standing_of", "stock_rule", "take_back", "take_counts",
    "transfer", "undo",
]  # fmt: skip
