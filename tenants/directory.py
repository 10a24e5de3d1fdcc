"""Host name -> store, answered from memory.

Every process keeps the whole directory entry of each store it has met. A change is announced on the Valkey channel
`directory`; entries also age out after a minute, so a lost message costs at most that.

However many visitors ask about a host at the same time, the database is asked once: at a cold start, and whenever an
entry has aged out under load, everybody else would only wait for connections.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from uuid import UUID

from infra.postgres import UNREACHABLE
from infra.settings import settings
from tenants import platform
from tenants.scope import Tenant

LIFETIME_SECONDS = 60.0
CHANNEL = "directory"

_SELECT = (
    "SELECT t.id, t.slug, t.name, t.schema_name, t.cluster, t.status, t.plan, t.locale, t.currency, t.time_zone,"
    " t.selling_mode, t.schema_version FROM tenant t"
)
_BY_SLUG = f"{_SELECT} WHERE t.slug = $1"
_BY_ID = f"{_SELECT} WHERE t.id = $1"
_BY_DOMAIN = f"{_SELECT} JOIN domain d ON d.tenant = t.id WHERE d.host = $1 AND d.verified_at IS NOT NULL"
_EVERYONE = f"{_SELECT} WHERE t.status <> 'deleted' ORDER BY t.created_at, t.id"
_by_host: dict[str, tuple[float, Tenant | None]] = {}
_by_id: dict[UUID, tuple[float, Tenant]] = {}
_asking: dict[str, asyncio.Task[Tenant | None]] = {}
# Counts what was forgotten, so that whoever remembers something of a store can tell whether it still holds.
_moment = 0
_forgotten: dict[UUID | None, int] = {}


def forget(tenant_id: UUID | None = None) -> None:
    """Drop what is remembered of one store (or everything); called when a change is announced."""
    global _moment
    _moment += 1
    _forgotten[tenant_id] = _moment
    _asking.clear()  # whoever asks from now on gets an answer from after the change
    if tenant_id is None:
        _by_host.clear()
        _by_id.clear()
        return
    _by_id.pop(tenant_id, None)
    for host in [host for host, (_, tenant) in _by_host.items() if tenant is None or tenant.id == tenant_id]:
        del _by_host[host]


def moment() -> int:
    """Take this before reading something of a store that is to be remembered."""
    return _moment


def changed_since(tenant_id: UUID, as_of: int) -> bool:
    """Whether a change of the store was announced after that moment."""
    return _forgotten.get(tenant_id, 0) > as_of or _forgotten.get(None, 0) > as_of


async def find_by_host(host: str) -> Tenant | None:
    """The store that answers on this host name (lower case, no port), or None."""
    known = _by_host.get(host)
    if known and known[0] > time.monotonic():
        return known[1]
    as_of = _moment
    try:
        tenant = await _look_up_once(host)
    except UNREACHABLE:
        if known and known[1]:  # An old answer keeps links and kept pages working while the database is away.
            return known[1]
        raise
    if len(_by_host) > 50_000:  # strangers may ask for endless names; the memory of them must not grow with it
        _by_host.clear()
    changed = changed_since(tenant.id, as_of) if tenant else _moment != as_of
    if not changed:
        _by_host[host] = (time.monotonic() + (LIFETIME_SECONDS if tenant else 2.0), tenant)
    return tenant


async def _look_up_once(host: str) -> Tenant | None:
    """Together with whoever asks the same at this moment. Who goes away in the meantime takes no answer from others."""
    task = _asking.get(host)
    if task is None:
        task = _asking[host] = asyncio.create_task(_look_up(host))
        task.add_done_callback(lambda done: _answered(host, done))
    return await asyncio.shield(task)


def _answered(host: str, done: asyncio.Task[Tenant | None]) -> None:
    if _asking.get(host) is done:
        del _asking[host]
    if not done.cancelled():
        done.exception()  # told to those who wait; there may be none left


async def _look_up(host: str) -> Tenant | None:
    suffix = f".{settings().domain}"
    if not host.endswith(suffix):
        return await _one(_BY_DOMAIN, host)
    label = host[: -len(suffix)]
    return None if "." in label else await _one(_BY_SLUG, label)


async def find(tenant_id: UUID) -> Tenant | None:
    """The store with this id, or None."""
    known = _by_id.get(tenant_id)
    if known and known[0] > time.monotonic():
        return known[1]
    try:
        tenant = await _one(_BY_ID, tenant_id)
    except UNREACHABLE:
        if known:
            return known[1]
        raise
    if tenant is not None:
        _by_id[tenant_id] = (time.monotonic() + LIFETIME_SECONDS, tenant)
    return tenant


async def find_by_slug(slug: str) -> Tenant | None:
    """The store with this slug, read afresh."""
    return await _one(_BY_SLUG, slug)


async def everyone() -> list[Tenant]:
    """Every store that has rows to look after, in a stable order; read afresh."""
    async with platform.transaction() as database:
        rows = await database.fetch(_EVERYONE)
    return [Tenant(**dict(row)) for row in rows]


async def _one(sql: str, key: Any) -> Tenant | None:
    async with platform.transaction() as database:
        row = await database.fetchrow(sql, key)
    return Tenant(**dict(row)) if row else None
