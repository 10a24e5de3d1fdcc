"""The inbox of provider events: an event is taken once, however often it is delivered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel import paging
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id
from app.kernel.paging import Page

PER_PAGE = 50
COLUMNS = "id, source, event_id, body, outcome, received_at, handled_at, handled_by, handled_note"
ASIDE = f"""
SELECT {COLUMNS} FROM webhook_event WHERE status = 'quarantined' AND (handled_at IS NOT NULL) = $1
    AND ($2::timestamptz IS NULL
        OR CASE WHEN $4 THEN (received_at, id) > ($2, $3) ELSE (received_at, id) < ($2, $3) END)
"""  # noqa: S608 - constants only


class AlreadyHandled(Refusal):
    """Somebody was faster."""

    code = "payments.already_handled"
    status = 409
    message = "Somebody has looked at this notice already."


class Aside(msgspec.Struct, frozen=True):
    """A notice that was put aside: rightly signed, but it contradicts what we know."""

    id: UUID
    source: str
    event_id: str
    body: str
    outcome: str
    received_at: datetime
    handled_at: datetime | None
    handled_by: str
    handled_note: str


async def take_event(source: str, event_id: str, body: str) -> bool:
    """False when this event was seen before.

    Take it in the transaction that acts on it: if that fails, the event is not taken, and its next copy is acted on.
    """
    taken = await tenants.connection().fetchval(
        "INSERT INTO webhook_event (id, source, event_id, body, received_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (source, event_id) DO NOTHING RETURNING id",
        new_id(), source, event_id, body, now(),
    )  # fmt: skip
    return taken is not None


async def settle_event(source: str, event_id: str, outcome: str, *, status: str = "processed") -> None:
    """What became of a taken event. `status`: processed, or ignored when it told nothing new."""
    await tenants.connection().execute(
        "UPDATE webhook_event SET status = $3, outcome = $4, processed_at = $5 WHERE source = $1 AND event_id = $2",
        source, event_id, status, outcome[:500], now(),
    )  # fmt: skip


async def quarantine(source: str, event_id: str, body: str, reason: str) -> None:
    """Rightly signed, but it contradicts what we know: a person has to look. Nothing was moved."""
    await take_event(source, event_id, body)
    await settle_event(source, event_id, reason, status="quarantined")


async def notices_aside(
    *, handled: bool = False, after: str = "", before: str = "", limit: int = PER_PAGE
) -> Page[Aside]:
    """What waits for a person, or what somebody has dealt with; newest first."""
    at = paging.decode_cursor(before or after, datetime, UUID)
    backwards = bool(before and at)
    order = "received_at, id" if backwards else "received_at DESC, id DESC"
    moment, last = at or (None, None)
    rows = await tenants.connection().fetch(
        f"{ASIDE} ORDER BY {order} LIMIT $5", handled, moment, last, backwards, limit + 1
    )
    return paging.cut(
        [Aside(**row) for row in rows], limit, lambda one: (one.received_at, one.id),
        backwards=backwards, started=at is not None,
    )  # fmt: skip


async def count_aside() -> int:
    """How many notices wait for a person."""
    count: int = await tenants.connection().fetchval(
        "SELECT count(*) FROM webhook_event WHERE status = 'quarantined' AND handled_at IS NULL"
    )
    return count


async def handle_aside(notice_id: UUID, *, by: str, note: str) -> tuple[str, str]:
    """A person has dealt with it; answers its source and event. Raises NotFound, AlreadyHandled."""
    row = await tenants.connection().fetchrow(
        "UPDATE webhook_event SET handled_at = $2, handled_by = $3, handled_note = $4"
        " WHERE id = $1 AND status = 'quarantined' AND handled_at IS NULL RETURNING source, event_id",
        notice_id, now(), by, note[:500],
    )  # fmt: skip
    if row is None:
        known = await tenants.connection().fetchval(
            "SELECT 1 FROM webhook_event WHERE id = $1 AND status = 'quarantined'", notice_id
        )
        raise AlreadyHandled if known else NotFound
    return row["source"], row["event_id"]
