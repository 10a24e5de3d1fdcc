"""Which orders are meant: the filters of the order list, and the orders in the order of the list.

Not a flow, but shared by the list, its exports and whatever is done to many orders at once. Only filters that are set
appear in the statement, each a constant text, so that the database may use the index that fits it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app.kernel.money import InvalidAmount, parse_amount

NAMES = (
    "q", "status", "payment_status", "fulfillment_status", "refund", "aftersale", "from", "to", "min", "max", "item",
    "promoter", "tag",
)  # fmt: skip
LONGEST = 100
MOST_COUNTED = 1_000
BATCH = 500
Filters = Mapping[str, str]

CONDITIONS: Mapping[str, str] = {
    "q": "lower(o.number || ' ' || o.phone || ' ' || o.email || ' ' || coalesce(o.ship_to ->> 'recipient', ''))"
    " LIKE '%' || lower({0}) || '%'",
    "status": "o.status = {0}",
    "payment_status": "o.payment_status = {0}",
    "payment_status.may_ship": "o.payment_status IN ('paid', 'authorized', 'partially_refunded')"
    " AND {0}::text IS NOT NULL",
    "fulfillment_status": "o.fulfillment_status = {0}",
    "refund": "EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.status = {0})",
    "refund.any": "EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND {0}::text IS NOT NULL)",
    "aftersale": "EXISTS (SELECT 1 FROM aftersale a WHERE a.order_id = o.id AND {0}::text IS NOT NULL)",
    "aftersale.open": "EXISTS (SELECT 1 FROM aftersale a WHERE a.order_id = o.id AND a.closed_at IS NULL"
    " AND {0}::text IS NOT NULL)",
    "from": "o.placed_at >= {0}",
    "to": "o.placed_at < {0}",
    "min": "o.total_amount >= {0}",
    "max": "o.total_amount <= {0}",
    "item": "o.id IN (SELECT l.order_id FROM order_line l WHERE l.sku = {0}"
    " UNION SELECT l.order_id FROM order_line l WHERE lower(l.title) LIKE '%' || lower({1}) || '%')",
    "promoter": "EXISTS (SELECT 1 FROM attribution_decision d WHERE d.order_id = o.id AND d.status <> 'void'"
    " AND d.promoter = {0})",
    "tag": "o.tags @> ARRAY[{0}::text]",
}


class Where(NamedTuple):
    """Conditions and their values; further ones are numbered from `next` on."""

    sql: str
    values: list[Any]

    @property
    def next(self) -> int:
        return len(self.values) + 1


class Found(NamedTuple):
    id: UUID
    number: str
    placed_at: datetime


def read_filters(given: Mapping[str, str | None]) -> dict[str, str]:
    """The filters that are set and make sense; an unreadable date, amount or id is no filter."""
    zone = ZoneInfo(tenants.current().time_zone)
    kept = {name: (given.get(name) or "").strip()[:LONGEST] for name in NAMES}
    return {name: value for name, value in kept.items() if value and _values(name, value, zone) is not None}


def filters_of(query: str) -> dict[str, str]:
    return read_filters(dict(parse_qsl(query)))


def query_of(filters: Filters) -> str:
    return urlencode({name: filters[name] for name in NAMES if filters.get(name)})


def where(filters: Filters) -> Where:
    """Everything that has to be true of an order `o`."""
    zone = ZoneInfo(tenants.current().time_zone)
    parts, values = ["true"], list[Any]()
    for name in NAMES:
        found = _values(name, filters[name], zone) if filters.get(name) else None
        if found is not None:
            key = f"{name}.{filters[name]}" if f"{name}.{filters[name]}" in CONDITIONS else name
            places = [f"${len(values) + place}" for place in range(1, len(found) + 1)]
            parts.append(CONDITIONS[key].format(*places))
            values += found
    return Where(" AND ".join(parts), values)


def _values(name: str, text: str, zone: ZoneInfo) -> list[Any] | None:
    """What the condition compares with; None when the text cannot be read."""
    try:
        if name in ("from", "to"):
            day = date.fromisoformat(text) + timedelta(days=1 if name == "to" else 0)
            return [datetime(day.year, day.month, day.day, tzinfo=zone)]
        if name in ("min", "max"):
            return [parse_amount(text, tenants.current().currency)]
        if name == "promoter":
            return [UUID(text)]
    except (ValueError, InvalidAmount, OverflowError):
        return None
    if name == "item":
        return [text, escaped(text)]
    return [escaped(text) if name == "q" else text]


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def count(filters: Filters) -> int:
    """How many there are, up to one more than MOST_COUNTED: counting further would take as long as the store is old."""
    which = where(filters)
    found: int = await tenants.connection().fetchval(
        f"SELECT count(*) FROM (SELECT 1 FROM orders o WHERE {which.sql} LIMIT {MOST_COUNTED + 1}) AS counted",  # noqa: S608 - constants
        *which.values,
    )
    return found


async def batches(filters: Filters, numbers: Sequence[str], *, until: datetime) -> AsyncIterator[list[Found]]:
    """The orders that are meant, the newest first, a transaction for each batch. Orders placed later are left out."""
    last: tuple[datetime, UUID] | None = None
    which = where({} if numbers else filters)
    sql = (
        f"SELECT o.id, o.number, o.placed_at FROM orders o WHERE {which.sql} AND o.placed_at <= ${which.next}"  # noqa: S608 - constants
        f" AND (${which.next + 1}::text[] IS NULL OR o.number = ANY(${which.next + 1}))"
    )
    more = f" AND (o.placed_at, o.id) < (${which.next + 2}, ${which.next + 3})"
    order = f" ORDER BY o.placed_at DESC, o.id DESC LIMIT {BATCH}"
    while True:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(
                sql + (more if last else "") + order, *which.values, until, list(numbers) or None, *(last or ())
            )
        if rows:
            yield [Found(row["id"], row["number"], row["placed_at"]) for row in rows]
        if len(rows) < BATCH:
            return
        last = (rows[-1]["placed_at"], rows[-1]["id"])
