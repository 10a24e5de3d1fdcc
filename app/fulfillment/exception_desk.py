"""The queue of exceptions: raising, resolving, and closing by itself. A subject has at most one open of a kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.exception_kinds import EXCEPTION_KINDS
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

BY_ITSELF = "system"  # who resolves what is right again without anybody


class ExceptionResolved(Refusal):
    """Somebody was faster, or its cause went away by itself."""

    code = "fulfillment.exception_resolved"
    status = 409
    message = "This exception was resolved already."


class StaysResolved(Refusal):
    """Opening it again would say nothing: its cause is looked at by itself, or it is open once more already."""

    code = "fulfillment.stays_resolved"
    status = 409
    message = "This exception cannot be opened again. Should its cause come back, it opens by itself."


class Exceptional(msgspec.Struct, frozen=True):
    """One thing somebody must look at. `amount` is the money at risk in minor units of `currency`."""

    id: UUID
    kind: str
    subject: str
    order_id: UUID | None
    fulfillment_order: UUID | None
    fulfillment: UUID | None
    warehouse: UUID | None
    severity: str
    params: dict[str, Any]
    amount: int
    currency: str
    status: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    deed: str
    note: str


COLUMNS = (
    "id, kind, subject, order_id, fulfillment_order, fulfillment, warehouse, severity, params, amount, currency,"
    " status, opened_at, resolved_at, resolved_by, deed, note"
)
# What is not said is read off the parcel, its work order and that one's order; at risk is what it cost and is not back.
OPEN = """
INSERT INTO fulfillment_exception (id, kind, subject, order_id, fulfillment_order, fulfillment, warehouse, severity,
    params, amount, currency, opened_at, seen_at)
SELECT $1, $2, $3, known.order_id, known.work_order, $6, coalesce($7, work.warehouse), $8, $9,
    coalesce($10, greatest(orders.total_amount - orders.refunded_amount, 0), 0), coalesce(orders.currency, $11),
    $12, $12
FROM (SELECT coalesce($5::uuid, parcel.fulfillment_order) AS work_order,
        coalesce($4::uuid, parcel.order_id, (SELECT order_id FROM fulfillment_order WHERE id = $5)) AS order_id
    FROM (SELECT 1) AS one LEFT JOIN fulfillment AS parcel ON parcel.id = $6) AS known
LEFT JOIN fulfillment_order AS work ON work.id = known.work_order
LEFT JOIN orders ON orders.id = known.order_id
ON CONFLICT (kind, subject) WHERE status = 'open' DO UPDATE
SET params = excluded.params, amount = excluded.amount, currency = excluded.currency, seen_at = excluded.seen_at,
    warehouse = excluded.warehouse
RETURNING id
"""
RESOLVE = """
UPDATE fulfillment_exception SET status = 'resolved', resolved_at = $2, resolved_by = $3, deed = $4, note = $5
WHERE id = $1 AND status = 'open' RETURNING id
"""
CLOSE = """
UPDATE fulfillment_exception SET status = 'resolved', resolved_at = $2, resolved_by = $3
WHERE status = 'open' AND subject = ANY($1::text[]) AND ($4::text[] IS NULL OR kind = ANY($4)) RETURNING id
"""
REOPEN = """
UPDATE fulfillment_exception AS gone SET status = 'open', resolved_at = NULL, resolved_by = '', deed = '', note = '',
    seen_at = $2
WHERE id = $1 AND status = 'resolved' AND kind = ANY($3) AND resolved_by <> $4 AND NOT EXISTS (
    SELECT 1 FROM fulfillment_exception AS other
    WHERE other.kind = gone.kind AND other.subject = gone.subject AND other.status = 'open') RETURNING id
"""


async def raise_exception(
    kind: str, *, order_id: UUID | None = None, work_order: UUID | None = None, parcel: UUID | None = None,
    warehouse: UUID | None = None, subject: UUID | str | None = None, amount: int | None = None, currency: str = "",
    severity: str = "", params: Mapping[str, Any] | None = None,
) -> UUID:  # fmt: skip
    """Say that a person must look. Said again while it is open, the same exception only learns the newest figures.

    The subject is the narrowest thing named, unless said otherwise; what is wider is read off it. Without an `amount`
    the order's money is at risk. `params` say more, for example `{"reason": "..."}` in the other side's words.
    """
    about = subject or parcel or work_order or order_id or warehouse
    if about is None:
        raise ValueError("an exception is about something")
    exception: UUID = await tenants.connection().fetchval(
        OPEN, new_id(), kind, str(about), order_id, work_order, parcel, warehouse,
        severity or EXCEPTION_KINDS[kind].severity, msgspec.json.encode(params or {}).decode(), amount, currency, now(),
    )  # fmt: skip
    return exception


async def resolve_exception(exception_id: UUID, *, by: str, deed: str = "", note: str = "") -> None:
    """A person has dealt with it, and how. Raises NotFound, ExceptionResolved."""
    if await tenants.connection().fetchval(RESOLVE, exception_id, now(), by, deed, note) is None:
        await find_exception(exception_id)
        raise ExceptionResolved


async def reopen_exception(exception_id: UUID) -> None:
    """Undo of resolving by hand. Raises NotFound, StaysResolved."""
    undoable = [code for code, kind in EXCEPTION_KINDS.items() if kind.undoable]
    if await tenants.connection().fetchval(REOPEN, exception_id, now(), undoable, BY_ITSELF) is None:
        await find_exception(exception_id)
        raise StaysResolved


async def close_by_itself(subject: UUID | str, *kinds: str) -> int:
    """The cause is gone for this subject: of these kinds, or of every kind. How many closed."""
    return await close_these([subject], *kinds)


async def close_these(subjects: Iterable[UUID | str], *kinds: str) -> int:
    """The same for several subjects."""
    names = [str(subject) for subject in subjects]
    return len(await tenants.connection().fetch(CLOSE, names, now(), BY_ITSELF, list(kinds) or None))


async def find_exception(exception_id: UUID) -> Exceptional:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM fulfillment_exception WHERE id = $1",  # noqa: S608 - a constant
        exception_id,
    )
    if row is None:
        raise NotFound
    return exception_from(row)


def exception_from(row: Mapping[str, Any]) -> Exceptional:
    return Exceptional(**{**row, "params": msgspec.json.decode(row["params"])})
