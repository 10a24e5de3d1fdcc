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
from app.purchasing.changes import (
    Change,
    answer_change,
    ask_for_fewer,
    asked_for_fewer,
    changes_of,
    find_change,
)
from app.purchasing.disputes import (
    Dispute,
    DisputedAlready,
    answer_dispute,
    disputes_of,
    find_dispute,
    open_dispute,
)
from app.purchasing.entries import (
    Entry,
    MoreThanDue,
    NewEntry,
    Owed,
    PaidBefore,
    Standing,
    add_entry,
    entries_in,
    entries_of,
    find_entry,
    last_owed,
    mark_back,
    mark_owed,
    standing_of,
    to_owe,
    to_take_back,
    write_payment,
)
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
    purchases_done,
    purchases_of,
    send,
    total_up,
)
from app.purchasing.receipts import Arrived, Receipt, missing_of, note_shipped, receipts_of, receive
from app.purchasing.statements import (
    NothingToState,
    Statement,
    confirm_statement,
    find_statement,
    state,
    statements_of,
    waiting_for_statement,
)
from app.purchasing.units import Need, Surplus, add_units, ask_units_back, drop_units, last_units, surplus_of
from app.purchasing.versions import Difference, Portion, Version, content_of, differences, versions_of, write_version

__all__ = [
    "STATUSES", "AlreadyAnswered", "Arrived", "Batch", "Change", "Difference", "Dispute", "DisputedAlready", "Entry",
    "Line", "MoreThanDue", "Need", "NewEntry", "NothingToState", "Owed", "PaidBefore", "Portion", "Purchase",
    "PurchaseChanged", "Receipt", "Setting", "Standing", "Statement", "Surplus", "Version", "accept_fewer",
    "accept_lines", "add_entry", "add_units", "answer", "answer_change", "answer_dispute", "ask_for_fewer",
    "ask_units_back", "asked_for_fewer", "cancel", "change_setting", "changes_of", "close_done", "confirm_statement",
    "content_of", "count_up", "counts_by_status", "differences", "disputes_of", "drop_units", "entries_in",
    "entries_of", "find_batch", "find_change", "find_dispute", "find_entry", "find_line", "find_purchase",
    "find_statement", "last_owed", "last_units", "line_for", "lines_of", "mark_back", "mark_owed", "missing_of",
    "next_version", "note_computed", "note_run", "note_shipped", "open_batch", "open_dispute", "order_alone",
    "purchases", "purchases_done", "purchases_of", "read_setting", "receipts_of", "receive", "recent_batches", "send",
    "standing_of", "state", "statements_of", "surplus_of", "to_owe", "to_take_back", "total_up", "versions_of",
    "waiting_for_statement", "words", "write_payment", "write_version",
]  # fmt: skip
