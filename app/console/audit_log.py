"""Reading the audit log, and writing what staff do into it before they do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from app.identity import Viewer
from app.kernel import paging
from tenants import audit, platform

PAGE_SIZE = 40
WALKED_UNASKED = 2_000
_SELECT = (
    "SELECT e.id, e.at, e.actor_kind, e.actor_name, e.action, e.subject, e.reason, e.details, t.slug, t.name"
    " FROM audit_entry e LEFT JOIN tenant t ON t.id = e.tenant"
    " WHERE ($1 = '' OR t.slug = $1) AND ($2 = '' OR e.action = $2)"
    " AND ($3 = '' OR position(lower($3) IN lower(e.actor_name)) > 0)"
)
_OLDER = f"{_SELECT} AND ($4::timestamptz IS NULL OR (e.at, e.id) < ($4, $5)) ORDER BY e.at DESC, e.id DESC LIMIT $6"
_NEWER = f"{_SELECT} AND (e.at, e.id) > ($4, $5) ORDER BY e.at, e.id LIMIT $6"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Empty means everything."""

    store: str = ""
    action: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    id: UUID
    at: datetime
    actor_kind: str
    actor_name: str
    action: str
    subject: str
    reason: str
    details: dict[str, Any]
    slug: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """Whether every entry fits the one before it; `broken_at` is the first that does not."""

    walked: bool
    broken_at: UUID | None = None


async def list_entries(
    filters: Filters, *, after: str = "", before: str = "", limit: int = PAGE_SIZE
) -> paging.Page[Entry]:
    """One page, the latest entry first."""
    cursor = paging.decode_cursor(before or after, datetime, UUID)
    backwards = bool(before) and cursor is not None
    moment, last = cursor or (None, None)
    async with platform.transaction() as database:
        rows = await database.fetch(
            _NEWER if backwards else _OLDER, filters.store, filters.action, filters.actor, moment, last, limit + 1
        )
    entries = [Entry(**{**row, "details": msgspec.json.decode(row["details"])}) for row in rows]
    return paging.cut(
        entries, limit, lambda entry: (entry.at, entry.id), backwards=backwards, started=cursor is not None
    )


async def actions() -> list[str]:
    """Every kind of act there is in the log."""
    async with platform.transaction() as database:
        rows = await database.fetch("SELECT DISTINCT action FROM audit_entry ORDER BY action")
    return [row["action"] for row in rows]


async def check_chain(*, whole: bool) -> Chain:
    """Walk the log. A long one is walked only when somebody asks for it: pages must stay quick."""
    async with platform.transaction() as database:
        if not whole and await database.fetchval("SELECT 1 FROM audit_entry OFFSET $1 LIMIT 1", WALKED_UNASKED):
            return Chain(walked=False)
        return Chain(walked=True, broken_at=await audit.find_break(database))


async def last_status_before_suspension(tenant_id: UUID) -> str:
    """What the store was before staff suspended it, so that resuming puts it back."""
    async with platform.transaction() as database:
        details = await database.fetchval(
            "SELECT details FROM audit_entry WHERE tenant = $1 AND action = 'tenant.suspended'"
            " ORDER BY at DESC LIMIT 1",
            tenant_id,
        )
    before = msgspec.json.decode(details).get("from", "") if details else ""
    return before if before in ("trial", "active", "past_due", "restricted") else "active"


async def record(viewer: Viewer, action: str, *, tenant: UUID | None = None, subject: str = "", **details: Any) -> None:
    """Write down what this person is about to do; when this fails, it is not done."""
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="staff", actor_id=viewer.id, actor_name=viewer.name, action=action, tenant=tenant,
            subject=subject, details=details,
        )  # fmt: skip


async def record_opening(viewer: Viewer, tenant: UUID) -> None:
    """Looking at a store is on record once in a quarter of an hour, so that going back and forth does not drown it."""
    async with platform.transaction() as database:
        recent = await database.fetchval(
            "SELECT 1 FROM audit_entry WHERE tenant = $1 AND actor_id = $2 AND action = 'tenant.opened'"
            " AND at > now() - interval '15 minutes' LIMIT 1",
            tenant, viewer.id,
        )  # fmt: skip
    if not recent:
        await record(viewer, "tenant.opened", tenant=tenant)
