"""Room: rehearsals of shipping at the simulator."""

from app.rehearsals.practice import (
    SETTLED,
    SIZES,
    AlreadyRehearsing,
    Connected,
    Kind,
    PracticeLine,
    PracticeOrder,
    Rehearsal,
    due,
    end,
    find,
    hear,
    hurry_end,
    keep_place,
    listening,
    lock_order,
    newest,
    note_answer,
    note_attempt,
    orders_of,
    raise_trouble,
    settle,
    start,
    sums,
)
from app.rehearsals.verdict import ADVICE, VERDICTS, Verdict, figures_of, judge

__all__ = [
    "ADVICE", "SETTLED", "SIZES", "VERDICTS", "AlreadyRehearsing", "Connected", "Kind", "PracticeLine",
    "PracticeOrder", "Rehearsal", "Verdict", "due", "end", "figures_of", "find", "hear", "hurry_end", "judge",
    "keep_place", "listening", "lock_order", "newest", "note_answer", "note_attempt", "orders_of", "raise_trouble",
    "settle", "start", "sums",
]  # fmt: skip
