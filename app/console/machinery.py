"""What the stores stand on: PostgreSQL, Valkey, schemas made ready, and accounts that stopped answering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from infra import redis
from infra.postgres import UNREACHABLE
from tenants import platform


@dataclass(frozen=True, slots=True)
class Service:
    """What a server says of itself; nothing when it is not `up`."""

    up: bool
    version: str = ""
    bytes_used: int = 0
    connections: int = 0


@dataclass(frozen=True, slots=True)
class BrokenAccount:
    slug: str
    name: str
    payment_error: str
    warehouse_error: str
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class StoreWithTickets:
    slug: str
    name: str
    tickets_open: int
    checked_at: datetime


async def postgresql() -> Service:
    try:
        async with platform.transaction() as database:
            rows = await database.fetch(
                "SELECT split_part(current_setting('server_version'), ' ', 1) AS version,"
                " pg_database_size(current_database()) AS bytes_used,"
                " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections"
            )
    except UNREACHABLE:
        return Service(up=False)
    return Service(True, rows[0]["version"], rows[0]["bytes_used"], rows[0]["connections"])


async def valkey() -> Service:
    try:
        facts: dict[str, Any] = await redis.client().info()
    except redis.Unavailable:
        return Service(up=False)
    version = str(facts.get("valkey_version") or facts.get("redis_version", ""))
    return Service(True, version, int(facts.get("used_memory", 0)), int(facts.get("connected_clients", 0)))


async def prepared_schemas() -> list[tuple[int, int]]:
    """Version and how many empty schemas of it wait for a store."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT schema_version, count(*) AS ready FROM schema_pool GROUP BY schema_version ORDER BY 1 DESC"
        )
    return [(row["schema_version"], row["ready"]) for row in rows]


async def broken_accounts(limit: int = 100) -> list[BrokenAccount]:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT t.slug, t.name, h.payment_error, h.warehouse_error, h.checked_at FROM tenant_health h"
            " JOIN tenant t ON t.id = h.tenant WHERE h.payment_error <> '' OR h.warehouse_error <> ''"
            " ORDER BY h.checked_at DESC LIMIT $1",
            limit,
        )
    return [BrokenAccount(**dict(row)) for row in rows]


async def stores_with_tickets(limit: int = 100) -> list[StoreWithTickets]:
    """Stores whose books, stock or payments do not fit, most differences first."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT t.slug, t.name, h.tickets_open, h.checked_at FROM tenant_health h"
            " JOIN tenant t ON t.id = h.tenant WHERE h.tickets_open > 0"
            " ORDER BY h.tickets_open DESC, t.slug LIMIT $1",
            limit,
        )
    return [StoreWithTickets(**dict(row)) for row in rows]
