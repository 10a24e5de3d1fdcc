"""Reads of the after-sales pages: the queue with its clocks, and how much waits in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants
from app.kernel.paging import Page, cut, decode_cursor

# Open ones first by their deadline, the overdue ones at the top; then the closed ones, the newest first.
_QUEUE = """
SELECT aftersale.id, aftersale.number, aftersale.kind, aftersale.status, aftersale.reason, aftersale.currency,
    aftersale.wanted_amount, aftersale.refunded_amount, aftersale.offered_amount, aftersale.waits_for,
    aftersale.deadline_at, aftersale.default_outcome, aftersale.created_at, aftersale.closed_at,
    aftersale.disputed_at IS NOT NULL AND aftersale.ruled_at IS NULL AS disputed, orders.number AS order_number,
    orders.ship_to ->> 'recipient' AS recipient,
    (SELECT sum(quantity) FROM aftersale_line WHERE aftersale_line.aftersale = aftersale.id)::bigint AS pieces,
    (SELECT sold.title FROM aftersale_line AS line JOIN order_line AS sold ON sold.id = line.order_line
     WHERE line.aftersale = aftersale.id ORDER BY sold.line_number LIMIT 1) AS title
FROM aftersale JOIN orders ON orders.id = aftersale.order_id
WHERE ($1 = '' OR aftersale.status = $1) AND ($2 = '' OR aftersale.kind = $2)
    AND ($3 = '' OR aftersale.waits_for = $3) AND ($4 = '' OR aftersale.number ILIKE $4 || '%')
"""
_OPEN = (
    _QUEUE
    + """ AND aftersale.closed_at IS NULL
    AND ($5::timestamptz IS NULL OR (aftersale.deadline_at, aftersale.id) > ($5, $6::uuid))
ORDER BY aftersale.deadline_at, aftersale.id LIMIT $7"""
)
_DONE = (
    _QUEUE
    + """ AND aftersale.closed_at IS NOT NULL
    AND ($5::timestamptz IS NULL OR (aftersale.created_at, aftersale.id) < ($5, $6::uuid))
ORDER BY aftersale.created_at DESC, aftersale.id DESC LIMIT $7"""
)
_COUNTS = """
SELECT count(*) FILTER (WHERE waits_for = 'merchant') AS merchant,
    count(*) FILTER (WHERE waits_for = 'shopper') AS shopper, count(*) FILTER (WHERE waits_for = 'staff') AS staff,
    count(*) FILTER (WHERE waits_for = 'merchant' AND deadline_at < now()) AS overdue, count(*) AS open
FROM aftersale WHERE closed_at IS NULL
"""


async def queue(
    *, status: str, kind: str, waits: str, query: str, after: str, done: bool, limit: int = 50
) -> Page[Mapping[str, Any]]:
    """One page: what is open by its clock, or what is over by its age. Filters by state show both in one list."""
    cursor = decode_cursor(after, datetime, UUID)
    at, last = cursor or (None, None)
    text = query.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")[:60]
    rows = await tenants.connection().fetch(_DONE if done else _OPEN, status, kind, waits, text, at, last, limit + 1)
    place = "created_at" if done else "deadline_at"
    return cut([dict(row) for row in rows], limit, lambda row: (row[place], row["id"]), started=False)


async def counts() -> Mapping[str, int]:
    return dict(await tenants.connection().fetchrow(_COUNTS) or {})
