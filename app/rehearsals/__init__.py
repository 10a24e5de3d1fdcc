"""Room: rehearsals of shipping at the simulator."""

from app.rehearsals.practice import (
    SIZES,
    AlreadyRehearsing,
    Connected,
    Rehearsal,
    end,
    find,
    hurry_end,
    keep_place,
    listening,
    newest,
    start,
    sums,
)
from app.rehearsals.practice_orders import (
    SETTLED,
    Kind,
    PracticeLine,
    PracticeOrder,
    due,
    hear,
    lock_order,
    note_answer,
    note_attempt,
    orders_of,
    raise_trouble,
    settle,
)
from app.rehearsals.verdict import ADVICE, VERDICTS, Verdict, figures_of, judge

__all__ = [
    "ADVICE", "SETTLED", "SIZES", "VERDICTS", "AlreadyRehearsing", "Connected", "Kind", "PracticeLine",
    "PracticeOrder", "Rehearsal", "Verdict", "due", "end", "figures_of", "find", "hear", "hurry_end", "judge",
    "keep_place", "listening", "lock_order", "newest", "note_answer", "note_attempt", "orders_of", "raise_trouble",
    "settle", "start", "sums",
]  # fmt: skip
