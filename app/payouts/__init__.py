"""Room: money on its way to promoters, and the terms it goes by."""

from app.payouts import words
from app.payouts.accounts import add_account, has_account, usable_from
from app.payouts.bank_answers import Answer, RowError, read_answers
from app.payouts.bank_files import (
    BankFile,
    NothingToTransfer,
    find_file,
    make_file,
    payouts_in,
    recent_files,
    waiting_for_file,
)
from app.payouts.payouts import (
    BY_HAND,
    Event,
    Payee,
    Payout,
    Statement,
    Totals,
    events_of,
    find,
    find_by_number,
    lock,
    move,
    note_answer,
    note_asked,
    open_payout,
    paid_within,
    payouts_of,
    quiet_since,
    statements_of,
    totals_of,
)
from app.payouts.policy import Policy, read_policy, save_policy
from app.payouts.states import GIVEN_BACK, OVER, IllegalMove

__all__ = [
    "BY_HAND", "GIVEN_BACK", "OVER", "Answer", "BankFile", "Event", "IllegalMove", "NothingToTransfer", "Payee",
    "Payout", "Policy", "RowError", "Statement", "Totals", "add_account", "events_of", "find", "find_by_number",
    "find_file", "has_account", "lock", "make_file", "move", "note_answer", "note_asked", "open_payout",
    "paid_within", "payouts_in", "payouts_of", "quiet_since", "read_answers", "read_policy", "recent_files",
    "save_policy", "statements_of", "totals_of", "usable_from", "waiting_for_file", "words",
]  # fmt: skip
