"""Opening, refreshing and resolving tickets. A subject has at most one open ticket of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

GOODS = "goods."  # how kinds begin that the comparison of orders, warehouses and carriers finds
THE_CHECK = "system"  # who resolves a ticket whose difference is gone


class AlreadyResolved(Refusal):
    """Somebody was faster, or the difference went away by itself."""

    code = "tickets.already_resolved"
    status = 409
    message = "This was already resolved."


class Ticket(msgspec.Struct, frozen=True):
    """`amount` is the difference in minor units of `currency`; both are empty where no money differs.

    `details` names what a reader needs to find the subject, for example `{"order": "T1000123"}`.
    """

    id: UUID
    kind: str
    subject: str
    currency: str
    amount: int
    details: dict[str, Any]
    status: str
    opened_at: datetime
    seen_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    note: str


COLUMNS = "id, kind, subject, currency, amount, details, status, opened_at, seen_at, resolved_at, resolved_by, note"
OPEN = """
INSERT INTO ticket (id, kind, subject, currency, amount, details, opened_at, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
ON CONFLICT (kind, subject) WHERE status = 'open' DO UPDATE
SET currency = excluded.currency, amount = excluded.amount, details = excluded.details, seen_at = excluded.seen_at
RETURNING id
"""
RESOLVE = """
UPDATE ticket SET status = 'resolved', resolved_at = $2, resolved_by = $3, note = $4
WHERE id = $1 AND status = 'open' RETURNING id
"""
CLOSE_MISSING = """
UPDATE ticket SET status = 'resolved', resolved_at = $2, resolved_by = $3
WHERE kind = $1 AND status = 'open' AND NOT subject = ANY($4) AND details @> $5 RETURNING id
"""
CLOSE_THESE = """
UPDATE ticket SET status = 'resolved', resolved_at = $2, resolved_by = $3
WHERE kind = $1 AND status = 'open' AND subject = ANY($4) RETURNING id
"""


async def open_ticket(
    kind: str,
    subject: UUID | str,
    *,
    currency: str = "",
    amount: int = 0,
    details: Mapping[str, Any] | None = None,
) -> UUID:
    """Say that something is wrong. Said again while it is open, the same ticket only learns the newest figures."""
    ticket: UUID = await tenants.connection().fetchval(
        OPEN, new_id(), kind, str(subject), currency, amount, msgspec.json.encode(details or {}).decode(), now()
    )
    return ticket


async def resolve(ticket_id: UUID, *, by: str, note: str = "") -> None:
    """A person has dealt with it. Raises NotFound, AlreadyResolved."""
    if await tenants.connection().fetchval(RESOLVE, ticket_id, now(), by, note) is None:
        await find(ticket_id)
        raise AlreadyResolved


async def close(kind: str, subject: UUID | str) -> bool:
    """Whatever was wrong with this one subject is right again. False when no ticket was open."""
    return bool(await close_these(kind, [subject]))


async def close_these(kind: str, subjects: Iterable[UUID | str]) -> int:
    """The same for several; how many closed."""
    known = [str(subject) for subject in subjects]
    return len(await tenants.connection().fetch(CLOSE_THESE, kind, now(), THE_CHECK, known))


async def close_missing(kind: str, still_open: Iterable[UUID | str], *, within: Mapping[str, str] | None = None) -> int:
    """A check looked at everything of this kind: what it did not find any more is right again. How many closed.

    `within` says that it looked only at tickets with these details.
    """
    subjects = [str(subject) for subject in still_open]
    scope = msgspec.json.encode(within or {}).decode()
    return len(await tenants.connection().fetch(CLOSE_MISSING, kind, now(), THE_CHECK, subjects, scope))


async def find(ticket_id: UUID) -> Ticket:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {COLUMNS} FROM ticket WHERE id = $1", ticket_id)  # noqa: S608
    if row is None:
        raise NotFound
    return ticket_from(row)


def ticket_from(row: Mapping[str, Any]) -> Ticket:
    facts = dict(row)
    if isinstance(facts["details"], str):
        facts["details"] = msgspec.json.decode(facts["details"])
    return Ticket(**facts)
