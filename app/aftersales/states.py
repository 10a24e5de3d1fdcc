"""The way of a request, and who has to act until when. Every step is a row that nobody can change afterwards.

    requested -> approved -> awaiting_return -> received -> inspecting -> refunded | exchanged
        |            +---------------- refunded ------------------+
        +-> refunded                   (the store gave the money back without waiting for the request)
        +-> declined -> approved       (only by a ruling of the platform's staff)
        +-> canceled                   (by the shopper, or because nothing was sent back in time)

Whoever has to act has a deadline, and a default outcome happens by itself when it passes: nobody can lose a request
by letting it lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

Side = Literal["merchant", "shopper", "staff"]

LEGAL: frozenset[tuple[str, str]] = frozenset({
    ("requested", "approved"),
    ("requested", "declined"),
    ("requested", "canceled"),
    ("requested", "refunded"),  # the store gave the money back without the request
    ("approved", "awaiting_return"),
    ("approved", "refunded"),
    ("awaiting_return", "received"),
    ("awaiting_return", "canceled"),
    ("awaiting_return", "refunded"),  # the store never said where to send it
    ("received", "inspecting"),
    ("received", "refunded"),
    ("received", "exchanged"),
    ("received", "declined"),  # only by a ruling
    ("inspecting", "refunded"),
    ("inspecting", "exchanged"),
    ("inspecting", "declined"),
    ("declined", "approved"),  # only by a ruling
})  # fmt: skip
CLOSED = ("declined", "refunded", "exchanged", "canceled")
# Requests whose units count as asked for, whatever comes of them; the others give their units free again.
COUNTING = ("requested", "approved", "awaiting_return", "received", "inspecting", "refunded", "exchanged")


class IllegalMove(Refusal):
    """The request is not in a state this can happen to."""

    code = "aftersales.illegal_move"
    status = 409
    message = "The request has moved on in the meantime. Look at it again."

    def __init__(self, *, at: str, to: str) -> None:
        super().__init__(at=at, to=to)


class AtThePlatform(Refusal):
    """Until staff have ruled, a store can give in, but neither decline nor give less."""

    code = "aftersales.at_the_platform"
    status = 409
    message = "The platform was asked to decide. Until it has, you can only give what was asked for."


@dataclass(frozen=True, slots=True)
class Wait:
    """Who acts next, until when, and what happens by itself when they do not."""

    who: Side
    until: datetime
    default: str


def wait(who: Side, span: timedelta, default: str) -> Wait:
    return Wait(who, now() + span, default)


# A "no" the platform was asked about is not over before it has ruled.
STEP = """
UPDATE aftersale SET status = $2, event_seq = event_seq + 1, updated_at = $3,
    closed_at = CASE WHEN $4::boolean AND (disputed_at IS NULL OR ruled_at IS NOT NULL) THEN coalesce(closed_at, $3) END
WHERE id = $1 RETURNING event_seq
"""
TELL = """
INSERT INTO aftersale_event (id, aftersale, seq, from_status, to_status, cause, actor, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
CLOCK = "UPDATE aftersale SET waits_for = $2, deadline_at = $3, default_outcome = $4 WHERE id = $1"


async def move(aftersale: UUID, to: str, *, cause: str, actor: str, then: Wait | None = None) -> None:
    """One arrow further, with the next wait; raises IllegalMove when no arrow leads there."""
    at = await _status(aftersale)
    if (at, to) not in LEGAL:
        raise IllegalMove(at=at, to=to)
    await _step(aftersale, at, to, cause, actor)
    await wait_for(aftersale, then)


async def note(aftersale: UUID, *, cause: str, actor: str) -> None:
    """Something happened that keeps the status and the clock."""
    at = await _status(aftersale)
    await _step(aftersale, at, at, cause, actor)


async def wait_for(aftersale: UUID, then: Wait | None) -> None:
    """Set the clock anew; None stops it, because nobody has to act."""
    values = (then.who, then.until, then.default) if then else ("", None, "")
    await tenants.connection().execute(CLOCK, aftersale, *values)


async def begin(aftersale: UUID, *, cause: str, actor: str) -> None:
    """The first event of a request that was just written."""
    await _step(aftersale, "", "requested", cause, actor)


async def _status(aftersale: UUID) -> str:
    at: str | None = await tenants.connection().fetchval(
        "SELECT status FROM aftersale WHERE id = $1 FOR UPDATE", aftersale
    )
    if at is None:
        raise NotFound
    return at


async def _step(aftersale: UUID, at: str, to: str, cause: str, actor: str) -> None:
    moment = now()
    seq = await tenants.connection().fetchval(STEP, aftersale, to, moment, to in CLOSED)
    await tenants.connection().execute(TELL, new_id(), aftersale, seq, at, to, cause, actor, moment)
