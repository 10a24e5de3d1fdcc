"""The queue as people read it: newest first, by kind and status, and how many wait."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app.kernel import paging
from app.kernel.paging import Page
from app.tickets.desk import COLUMNS, GOODS, Ticket, ticket_from

PER_PAGE = 50
LIST = f"""
SELECT {COLUMNS} FROM ticket
WHERE status = $1 AND ($2 = '' OR kind = $2) AND starts_with(kind, $7) AND ($7 <> '' OR NOT starts_with(kind, $8))
    AND ($3::timestamptz IS NULL OR CASE WHEN $5 THEN (opened_at, id) > ($3, $4) ELSE (opened_at, id) < ($3, $4) END)
"""  # noqa: S608 - constants only


async def ticket_page(
    *, status: str = "open", kind: str = "", after: str = "", before: str = "", limit: int = PER_PAGE, of: str = ""
) -> Page[Ticket]:
    """Newest first; `after` and `before` are cursors of the neighbors.

    `of` is how their kinds begin; without it those of goods are left to the people who ship.
    """
    at = paging.decode_cursor(before or after, datetime, UUID)
    backwards = bool(before and at)
    order = "opened_at, id" if backwards else "opened_at DESC, id DESC"
    moment, last = at or (None, None)
    rows = await tenants.connection().fetch(
        f"{LIST} ORDER BY {order} LIMIT $6", status, kind, moment, last, backwards, limit + 1, of, GOODS
    )
    return paging.cut(
        [ticket_from(row) for row in rows], limit, lambda one: (one.opened_at, one.id),
        backwards=backwards, started=at is not None,
    )  # fmt: skip


async def open_counts(*, of: str = "") -> dict[str, int]:
    """How many are open, by kind; `of` as above."""
    rows = await tenants.connection().fetch(
        "SELECT kind, count(*) AS many FROM ticket WHERE status = 'open' AND starts_with(kind, $1)"
        " AND ($1 <> '' OR NOT starts_with(kind, $2)) GROUP BY kind ORDER BY kind",
        of,
        GOODS,
    )
    return {row["kind"]: row["many"] for row in rows}


async def open_amounts(*, of: str) -> int:
    """What open tickets of these kinds are about, in minor units of the store's currency."""
    amount: int = await tenants.connection().fetchval(
        "SELECT coalesce(sum(amount), 0)::bigint FROM ticket WHERE status = 'open' AND starts_with(kind, $1)", of
    )
    return amount
