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
from app.inventory.promised import allocate, allocate_at_commit, hold_fewer, hold_until, release, ship
from app.inventory.promises import FREE, PROMISING, NotEnoughStock, Wanted, is_too_little, reserve, reserve_at_commit
from app.inventory.quotas import (
    QUOTA_OF_LINE,
    BelowSold,
    Quota,
    QuotaExists,
    QuotaKind,
    call_in_quota,
    change_quota,
    give_quota,
    quotas,
)
from app.inventory.returns import Standing, free_units, put_back, standing_of
from app.inventory.rules import LOW, StockRule, change_rule, change_terms, stock_rule
from app.inventory.sheets import (
    COLUMNS,
    COUNT_COLUMNS,
    MOST_ROWS,
    BadStockRow,
    StockRow,
    our_words,
    read_counts,
    read_stock_rows,
)
from app.inventory.shortfalls import write_down_free, write_off
from app.inventory.stock_files import StockChange, apply_rows, changes_of
from app.inventory.stock_takes import (
    NothingCounted,
    StockTake,
    TakeClosed,
    abandon_take,
    apply_take,
    find_take,
    open_take,
    recent_takes,
    set_counts,
)

__all__ = [
    "BY_HAND", "COLUMNS", "COUNT_COLUMNS", "FREE", "KINDS", "LOW", "MOST_ROWS", "PROMISING", "QUOTA_OF_LINE",
    "REASONS", "UNDONE", "Allotted", "AlreadyClosed", "Arrival", "BadStockRow", "Because", "BelowSold",
    "CannotBeUndone", "Count", "GoneMeanwhile", "Loan", "Moved", "Moving", "NotEnoughStock", "NothingCounted",
    "PromisedUnits", "Quota", "QuotaExists", "QuotaKind", "Reason", "Standing", "StockChange", "StockFigures",
    "StockRow", "StockRule", "StockTake", "TakeClosed", "TakenBack", "Wanted", "abandon_take", "adjust", "allocate",
    "allocate_at_commit", "allotted_of", "apply_rows", "apply_take", "arrivals_of", "available_elsewhere", "call_in",
    "call_in_quota", "call_off", "change_counts", "change_quota", "change_rule", "change_terms", "changes_of",
    "expect", "figures_of", "find_arrival", "find_take", "free_units", "free_units_of", "give_quota", "hold_fewer",
    "hold_until", "is_too_little", "lend", "loans_of", "move_promises", "move_units", "open_take", "our_words",
    "put_back", "quotas", "read_counts", "read_stock_rows", "receive", "recent_takes", "release", "reserve",
    "reserve_at_commit", "set_counts", "ship", "standing_of", "stock_rule", "take_back", "take_counts", "transfer",
    "undo", "write_down_free", "write_off",
]  # fmt: skip
