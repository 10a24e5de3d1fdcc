"""The way of a contest. Every step is a row that nobody can change afterwards.

    draft -> open -> closed -> final -> paid
      |        |        |
      +--------+--------+-> canceled

While it is open the board lives; closed, it is provisional; final, it is a copy that nothing changes. It is paid when
every prize stands in its promoter's balance.
"""

from __future__ import annotations

from app.kernel.errors import Refusal

LEGAL: frozenset[tuple[str, str]] = frozenset({
    ("", "draft"),
    ("draft", "open"), ("open", "closed"), ("closed", "final"), ("final", "paid"),
    ("draft", "canceled"), ("open", "canceled"), ("closed", "canceled"),
})  # fmt: skip


class IllegalMove(Refusal):
    """The contest is not in a state this can happen to."""

    code = "contests.illegal_move"
    status = 409
    message = "The contest has moved on in the meantime. Look at it again."

    def __init__(self, *, at: str, to: str) -> None:
        super().__init__(at=at, to=to)


def require_legal(at: str, to: str) -> None:
    """Raises IllegalMove."""
    if (at, to) not in LEGAL:
        raise IllegalMove(at=at, to=to)
