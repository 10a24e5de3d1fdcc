"""The queue of exceptions as people read it: the dearest, the oldest or the latest first, and how many wait."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app.fulfillment.exception_desk import COLUMNS, Exceptional, exception_from
from app.kernel import paging
from app.kernel.clock import now
from app.kernel.paging import Page

PER_PAGE = 50
# sort -> (key of the row, its type, which way it runs)
SORTS = {
    "amount": ("amount", "bigint", "DESC"),
    "age": ("opened_at", "timestamptz", "ASC"),
    "resolved": ("resolved_at", "timestamptz", "DESC"),
}
FILTERS = (
    "status = $1 AND ($2 = '' OR kind = $2) AND ($3::uuid IS NULL OR warehouse = $3)"
    " AND ($4::timestamptz IS NULL OR opened_at <= $4)"
)


async def exceptions(
    *, status: str = "open", kind: str = "", warehouse: UUID | None = None, older_than_s: int = 0,
    sort: str = "amount", after: str = "", before: str = "", limit: int = PER_PAGE,
) -> Page[Exceptional]:  # fmt: skip
    """Open ones by money at risk or by age, resolved ones the latest first; cursors are those of the neighbors."""
    column, kind_of, way = SORTS["resolved" if status == "resolved" else sort if sort in SORTS else "amount"]
    at = paging.decode_cursor(before or after, int if column == "amount" else datetime, UUID)
    backwards = bool(before and at)
    upwards = (way == "ASC") != backwards
    step = f"{column} {'>' if upwards else '<'} $5::{kind_of} OR ({column} = $5 AND id {'<' if backwards else '>'} $6)"
    order = f"{column} {'ASC' if upwards else 'DESC'}, id {'DESC' if backwards else 'ASC'}"
    value, last = at or (None, None)
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM fulfillment_exception WHERE {FILTERS} AND ($5::{kind_of} IS NULL OR {step})"  # noqa: S608 - constants of this file
        f" ORDER BY {order} LIMIT $7",
        status, kind, warehouse, _before(older_than_s), value, last, limit + 1,
    )  # fmt: skip
    return paging.cut(
        [exception_from(row) for row in rows], limit, lambda one: (getattr(one, column), one.id),
        backwards=backwards, started=at is not None,
    )  # fmt: skip


def _before(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(now().timestamp() - seconds, tz=now().tzinfo) if seconds else None


async def open_exceptions() -> dict[str, int]:
    """How many are open, by kind."""
    rows = await tenants.connection().fetch(
        "SELECT kind, count(*) AS many FROM fulfillment_exception WHERE status = 'open' GROUP BY kind ORDER BY kind"
    )
    return {row["kind"]: row["many"] for row in rows}


async def exceptions_of(order_id: UUID) -> list[Exceptional]:
    """What is open about one order, the oldest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM fulfillment_exception"  # noqa: S608 - a constant
        " WHERE order_id = $1 AND status = 'open' ORDER BY opened_at, id",
        order_id,
    )
    return [exception_from(row) for row in rows]
