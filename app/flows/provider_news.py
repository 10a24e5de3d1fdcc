"""News of a provider: each event is acted on once, and what cannot be true is put aside. Not a journey of its own.

A step inside an open transaction: the event is taken in the transaction that acts on it, so if that fails its next copy
is acted on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, Protocol, TypeVar

from app import payments
from app.flows.put_aside import Contradiction, keep_aside


class Told(Protocol):
    """A state of something of ours, by the number we gave it."""

    @property
    def number(self) -> str: ...


StateT = TypeVar("StateT", bound=Told)
OutcomeT = TypeVar("OutcomeT", bound=str)


async def act_once(
    act: Callable[[StateT, str], Awaitable[OutcomeT]], state: StateT, *, event_id: str, source: str, body: str
) -> OutcomeT | Literal["seen_before", "quarantined"]:
    """Act on what `source` tells, unless this event was seen before. Without an event it was asked for.

    `act` raises Contradiction before it writes anything.
    """
    if event_id and not await payments.take_event(source, event_id, body):
        return "seen_before"
    try:
        outcome = await act(state, source)
    except Contradiction as wrong:
        name = event_id or f"asked:{state.number}"
        await keep_aside(source, name, body or repr(state), wrong.reason, number=state.number)
        return "quarantined"
    if event_id:
        status = "ignored" if outcome == "nothing_new" else "processed"
        await payments.settle_event(source, event_id, outcome, status=status)
    return outcome
