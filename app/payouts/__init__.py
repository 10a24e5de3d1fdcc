"""Room: money on its way to promoters, and the terms it goes by."""

from app.payouts import words
from app.payouts.payouts import (
    BY_HAND,
    Event,
    Payee,
    Payout,
    Totals,
    events_of,
    find,
    find_by_number,
    lock,
    move,
    note_answer,
    note_asked,
    open_payout,
    payouts_of,
    quiet_since,
    totals_of,
)
from app.payouts.policy import Policy, read_policy, save_policy
from app.payouts.states import GIVEN_BACK, OVER, IllegalMove

__all__ = [
    "BY_HAND", "GIVEN_BACK", "OVER", "Event", "IllegalMove", "Payee", "Payout", "Policy", "Totals", "events_of", "find",
    "find_by_number", "lock", "move", "note_answer", "note_asked", "open_payout", "payouts_of", "quiet_since",
    "read_policy", "save_policy", "totals_of", "words",
]  # fmt: skip
