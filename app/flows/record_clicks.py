"""A visitor follows a tracked link: find where it leads, store the click, and drain what waited in the stream.

The click is durable before the visitor is sent on. When the database is away it waits in Valkey until `drain_clicks`
brings it home; replaying an entry is harmless, because the click's id is made when the visitor arrives.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import structlog

import tenants
from app import links
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra import crypto, redis
from infra.postgres import UNREACHABLE
from tenants import Tenant, directory

log = structlog.get_logger()

SHORT = 512

_FIND = (
    "SELECT l.id, l.status AS link_status, l.channel IS NULL AND p.status <> 'approved' AS is_barred, g.handle,"
    " m.code AS campaign, l.team, s.code AS session FROM tracked_link l LEFT JOIN promoter p ON p.id = l.promoter"
    " LEFT JOIN live_session s ON s.id = l.live_session"
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
    if row["is_barred"]:
        barred = "promoter_not_approved"
    return links.Destination(row["id"], _path(row), barred)


def _path(row: Mapping[str, Any]) -> str:
    """What the link shows: a campaign, a product, a live session, or the store."""
    if row["campaign"]:
        return links.campaign_path(row["campaign"], row["team"])
    if row["session"] and not row["handle"]:
        return links.session_path(row["session"])
    return links.path_of(row["handle"])


def click_of(destination: links.Destination, visitor: UUID, screened: str, *, address: str, agent: str) -> links.Click:
    """`screened` is why this arrival never counts, or empty; address and agent are kept as keyed hashes only."""
    reason = screened or destination.barred
    return links.Click(
        id=new_id(), link=destination.link, visitor_id=visitor, clicked_at=now(), qualifies=not reason, reason=reason,
        address_hash=_hashed(address), agent_hash=_hashed(agent),
    )  # fmt: skip


def _hashed(text: str) -> bytes:
    """Keyed, so that nobody who reads the table can try addresses until one fits."""
    return _hash_once(text) if len(text) <= SHORT else _hash(text)


def _hash(text: str) -> bytes:
    return hmac.digest(crypto.platform_key("click.origin"), text.encode("utf-8", "replace"), "sha256")[:16]


# Browsers of one kind say the same thing; SHORT bounds what is remembered.
_hash_once = lru_cache(maxsize=4_096)(_hash)


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
