"""Room: orders placed before the goods are there."""

from app.presale import words
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
    orders_in,
    presale_of,
    promise_again,
    write_presale,
)

__all__ = [
    "BETWEEN", "PresaleOrder", "StateCount", "WrongStep", "count_states", "fulfill", "give_until", "move",
    "note_reminder", "orders_in", "presale_of", "promise_again", "words", "write_presale",
]  # fmt: skip
