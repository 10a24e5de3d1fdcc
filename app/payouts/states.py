"""The way of a payout. Every step is a row that nobody can change afterwards.

    requested -> approved -> submitting -> awaiting_confirmation -> succeeded
        |           |            |                   +-> failed | expired
        |           |            +-> unknown -> (asked again under the same number)
        |           +-> succeeded | failed     (a bank transfer: a person says so)
        +-> rejected <- approved                 (stopped before it was sent)

`unknown` is nobody's fault and nobody's money: the provider is asked about the number until it answers.
"""

from __future__ import annotations

from app.kernel.errors import Refusal

_OUT = ("submitting", "unknown", "awaiting_confirmation")
OVER = ("succeeded", "failed", "expired", "rejected")
GIVEN_BACK = ("failed", "expired", "rejected")
LEGAL: frozenset[tuple[str, str]] = frozenset({
    ("requested", "approved"),
    ("requested", "rejected"),
    ("approved", "submitting"),
    ("approved", "succeeded"),  # by hand
    ("approved", "failed"),  # by hand, or no way to send it
    ("approved", "rejected"),  # stopped before it was sent
    ("submitting", "unknown"),
    ("submitting", "awaiting_confirmation"),
    ("unknown", "awaiting_confirmation"),
    *((at, to) for at in _OUT for to in ("succeeded", "failed", "expired")),
})  # fmt: skip


class IllegalMove(Refusal):
    """The payout is not in a state this can happen to."""

    code = "payouts.illegal_move"
    status = 409
    message = "The payout has moved on in the meantime. Look at it again."

    def __init__(self, *, at: str, to: str) -> None:
        super().__init__(at=at, to=to)


def require_legal(at: str, to: str) -> None:
    """Raises IllegalMove."""
    if (at, to) not in LEGAL:
        raise IllegalMove(at=at, to=to)
