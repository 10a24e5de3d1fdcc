"""Room: orders placed before the goods are there, and tests whether anybody wants them."""

from app.presale import words
from app.presale.demand import (
    Counted,
    DemandTest,
    count_marks,
    decide,
    is_marked,
    mark,
    note_extension,
    test_of,
)
from app.presale.presale_orders import (
    BETWEEN,
    PresaleOrder,
    StateCount,
    WrongStep,
    count_states,
    fulfill,
    give_until,
    move,
    note_reminder,
    open_window,
    orders_in,
    presale_of,
    presales_among,
    promise_again,
    write_presale,
)
from app.presale.verdicts import Finding, of_count, of_share, poisson_interval, wilson_interval

__all__ = [
    "BETWEEN", "Counted", "DemandTest", "Finding", "PresaleOrder", "StateCount", "WrongStep", "count_marks",
    "count_states", "decide", "fulfill", "give_until", "is_marked", "mark", "move", "note_extension", "note_reminder",
    "of_count", "of_share", "open_window", "orders_in", "poisson_interval", "presale_of", "presales_among",
    "promise_again", "test_of", "wilson_interval", "words", "write_presale",
]  # fmt: skip
