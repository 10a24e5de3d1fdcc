"""Reading the directory of stores: facts the workers collected, never a store's own rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.kernel import paging
from tenants import platform
from tenants.errors import UnknownStore

PAGE_SIZE = 25

_COLUMNS = (
    "t.id, t.slug, t.name, t.schema_name, t.cluster, t.status, t.status_reason, t.plan, t.locale, t.currency,"
    " t.time_zone, t.selling_mode, t.schema_version, t.created_at,"
    " coalesce(h.products, 0) AS products, coalesce(h.orders_total, 0) AS orders_total,"
    " coalesce(h.orders_30d, 0) AS orders_30d, coalesce(h.paid_30d_amount, 0) AS paid_30d_amount, h.last_order_at,"
    " coalesce(h.jobs_due, 0) AS jobs_due, coalesce(h.jobs_dead, 0) AS jobs_dead, h.oldest_due_at,"
    " coalesce(h.warehouse_error, '') AS warehouse_error, coalesce(h.payment_error, '') AS payment_error, h.checked_at,"
    " coalesce(h.tickets_open, 0) AS tickets_open"
)
_FROM = " FROM tenant t LEFT JOIN tenant_health h ON h.tenant = t.id"
_WHERE = (
    " WHERE ($1 = '' OR position(lower($1) IN lower(t.name)) > 0 OR position(lower($1) IN t.slug) > 0)"
    " AND ($2 = '' OR t.status = $2) AND ($3 = '' OR t.plan = $3) AND ($4::int = 0 OR t.schema_version = $4)"
    " AND (NOT $5 OR h.jobs_dead > 0 OR h.payment_error <> '' OR h.warehouse_error <> '')"
)
_FORWARDS = (
    f"SELECT {_COLUMNS}{_FROM}{_WHERE} AND ($6::timestamptz IS NULL OR (t.created_at, t.id) < ($6, $7))"
    " ORDER BY t.created_at DESC, t.id DESC LIMIT $8"
)
_BACKWARDS = (
    f"SELECT {_COLUMNS}{_FROM}{_WHERE} AND (t.created_at, t.id) > ($6, $7) ORDER BY t.created_at, t.id LIMIT $8"
)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What of the list is asked for; empty means everything."""

    q: str = ""
    status: str = ""
    plan: str = ""
    schema: int = 0
    troubled: bool = False


@dataclass(frozen=True, slots=True)
class StoreRow:
    """One store as its keeper sees it."""

    id: UUID
    slug: str
    name: str
    schema_name: str
    cluster: str
    status: str
    status_reason: str
    plan: str
    locale: str
    currency: str
    time_zone: str
    selling_mode: str
    schema_version: int
    created_at: datetime
    products: int
    orders_total: int
    orders_30d: int
    paid_30d_amount: int
    last_order_at: datetime | None
    jobs_due: int
    jobs_dead: int
    oldest_due_at: datetime | None
    warehouse_error: str
    payment_error: str
    checked_at: datetime | None
    tickets_open: int


async def list_stores(filters: Filters, *, after: str = "", before: str = "") -> paging.Page[StoreRow]:
    """One page, the newest store first."""
    backwards = bool(before)
    cursor = paging.decode_cursor(before or after, datetime, UUID)
    if cursor is None:
        backwards = False
    moment, last = cursor or (None, None)
    sql = _BACKWARDS if backwards else _FORWARDS
    async with platform.transaction() as database:
        rows = await database.fetch(
            sql, filters.q[:80], filters.status, filters.plan, filters.schema, filters.troubled, moment, last,
            PAGE_SIZE + 1,
        )  # fmt: skip
    stores = [StoreRow(**dict(row)) for row in rows]
    return paging.cut(
        stores, PAGE_SIZE, lambda row: (row.created_at, row.id), backwards=backwards, started=cursor is not None
    )


async def find_store(slug: str) -> StoreRow:
    """Raises UnknownStore."""
    async with platform.transaction() as database:
        row = await database.fetchrow(f"SELECT {_COLUMNS}{_FROM} WHERE t.slug = $1", slug)
    if row is None:
        raise UnknownStore(slug=slug)
    return StoreRow(**dict(row))


async def domains_of(tenant_id: UUID) -> list[tuple[str, datetime | None]]:
    async with platform.transaction() as database:
        rows = await database.fetch("SELECT host, verified_at FROM domain WHERE tenant = $1 ORDER BY host", tenant_id)
    return [(row["host"], row["verified_at"]) for row in rows]


async def totals() -> dict[str, Any]:
    """The strip above the list. Money stays apart by currency: adding them up would be a number of nothing."""
    async with platform.transaction() as database:
        counts = await database.fetch(
            "SELECT count(*) FILTER (WHERE t.status IN ('active', 'past_due', 'restricted')) AS active,"
            " count(*) FILTER (WHERE t.status = 'trial') AS trial,"
            " count(*) FILTER (WHERE t.status = 'suspended') AS suspended,"
            " count(*) FILTER (WHERE t.created_at > now() - interval '7 days') AS new,"
            " coalesce(sum(h.orders_30d), 0)::bigint AS orders, coalesce(sum(h.jobs_dead), 0)::bigint AS dead,"
            f" count(*) FILTER (WHERE h.jobs_dead > 0) AS with_dead{_FROM} WHERE t.status <> 'deleted'"
        )
        money = await database.fetch(
            f"SELECT t.currency, sum(h.paid_30d_amount)::bigint AS amount{_FROM}"
            " WHERE h.paid_30d_amount > 0 GROUP BY t.currency ORDER BY amount DESC"
        )
    return {**dict(counts[0]), "money": [(row["currency"], row["amount"]) for row in money]}


async def schema_versions() -> list[tuple[int, int]]:
    """Version and how many stores have it, the newest first."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT schema_version, count(*) AS stores FROM tenant WHERE status <> 'deleted'"
            " GROUP BY schema_version ORDER BY schema_version DESC"
        )
    return [(row["schema_version"], row["stores"]) for row in rows]
