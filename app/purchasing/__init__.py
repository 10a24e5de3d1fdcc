"""Room: what is ordered from suppliers, and what became of it."""

from app.purchasing import words
from app.purchasing.batches import (
    Batch,
    Setting,
    change_setting,
    find_batch,
    note_computed,
    note_run,
    open_batch,
    order_alone,
    read_setting,
    recent_batches,
)
from app.purchasing.changes import Change, answer_change, ask_for_fewer, changes_of, find_change
from app.purchasing.purchases import (
    STATUSES,
    AlreadyAnswered,
    Line,
    Purchase,
    PurchaseChanged,
    accept_fewer,
    accept_lines,
    answer,
    cancel,
    close_done,
    count_up,
    counts_by_status,
    find_line,
    find_purchase,
    line_for,
    lines_of,
    next_version,
    purchases,
    purchases_of,
    send,
    total_up,
)
from app.purchasing.receipts import Arrived, Receipt, missing_of, note_shipped, receipts_of, receive
from app.purchasing.units import Need, Surplus, add_units, ask_units_back, drop_units, last_units, surplus_of
from app.purchasing.versions import Difference, Portion, Version, content_of, differences, versions_of, write_version

__all__ = [
    "STATUSES", "AlreadyAnswered", "Arrived", "Batch", "Change", "Difference", "Line", "Need", "Portion", "Purchase",
    "PurchaseChanged", "Receipt", "Setting", "Surplus", "Version", "accept_fewer", "accept_lines", "add_units",
    "answer", "answer_change", "ask_for_fewer", "ask_units_back", "cancel", "change_setting", "changes_of",
    "close_done", "content_of", "count_up", "counts_by_status", "differences", "drop_units", "find_batch",
    "find_change", "find_line", "find_purchase", "last_units", "line_for", "lines_of", "missing_of", "next_version",
    "note_computed", "note_run", "note_shipped", "open_batch", "order_alone", "purchases", "purchases_of",
    "read_setting", "receipts_of", "receive", "recent_batches", "send", "surplus_of", "total_up", "versions_of",
    "words", "write_version",
]  # fmt: skip
