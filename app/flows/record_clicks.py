"""A visitor follows a tracked link: find where it leads, store the click, and drain what waited in the stream.

The click is durable before the visitor is sent on. When the database is away it waits in Valkey until `drain_clicks`
brings it home; replaying an entry is harmless, because the click's id is made when the visitor arrives.
"""

from __future__ import annotations

import asyncio

import asyncpg
import structlog

import tenants
from app import links
from infra import redis
from infra.postgres import UNREACHABLE
from tenants import Tenant, directory

log = structlog.get_logger()

_FIND = (
    "SELECT l.id, l.status AS link_status, p.status AS promoter_status, g.handle, m.code AS campaign, l.team"
    " FROM tracked_link l JOIN promoter p ON p.id = l.promoter"
    " LEFT JOIN product g ON g.id = l.product AND g.status = 'published'"
    " LEFT JOIN campaign m ON m.id = l.campaign AND m.status <> 'draft' WHERE l.code = $1"
)
# Errors that asking again cannot mend: the row itself is wrong, or its store is gone.
_HOPELESS = (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError, asyncpg.UndefinedTableError)
_AWAY = (*UNREACHABLE, asyncpg.PostgresError)


async def find_destination(tenant: Tenant, code: str) -> links.Destination | None:
    """Where the store's link leads, from memory. Raises ClickNotRecorded when it is not known and cannot be asked."""

    async def load() -> links.Destination | None:
        with tenants.bind(tenant):
            return await _load(code)

    try:
        return await links.recall((tenant.id, code), load)
    except _AWAY as error:
        raise links.ClickNotRecorded from error


async def _load(code: str) -> links.Destination | None:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(_FIND, code)
    if row is None:
        return None
    barred = "paused" if row["link_status"] != "active" else ""
    if row["promoter_status"] != "approved":
        barred = "promoter_not_approved"
    path = links.campaign_path(row["campaign"], row["team"]) if row["campaign"] else links.path_of(row["handle"])
    return links.Destination(row["id"], path, barred)


async def record_click(tenant: Tenant, click: links.Click) -> None:
    """Returns when the click is durable. Raises ClickNotRecorded."""
    await links.CLICK_LOG.record(tenant, click)


async def drain_clicks() -> None:
    """Bring waiting clicks home, until cancelled. Any number of workers may do it at once."""
    consumer = links.consumer_name()
    while True:
        try:
            await links.open_stream()
            while True:
                await drain_once(consumer)
        except redis.Unavailable:
            await asyncio.sleep(1)


async def drain_once(consumer: str, *, wait_ms: int = 1_000) -> int:
    """Store one handful of entries; how many were settled."""
    settled = 0
    for entry in await links.take_waiting(consumer, wait_ms=wait_ms):
        try:
            await _bring_home(entry)
        except (*_HOPELESS, ValueError) as error:
            log.error("clicks.undeliverable", entry=entry[0].decode(), error=str(error))
            await links.settle_waiting(entry, dead=True)
        except _AWAY as error:
            log.warning("clicks.still_waiting", error=type(error).__name__)
            await asyncio.sleep(1)
        else:
            await links.settle_waiting(entry)
            settled += 1
    return settled


async def _bring_home(entry: links.Waiting) -> None:
    tenant_id, clicks = links.read_waiting(entry)
    tenant = await directory.find(tenant_id)
    if tenant is None:
        raise ValueError("no such store")
    with tenants.bind(tenant):
        await links.store_clicks(clicks)
