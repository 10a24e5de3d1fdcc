"""Lists that leaders or the merchant take away: who asked, in which form, and the file while it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

KEPT = timedelta(days=7)
KINDS = ("csv", "xlsx", "labels")
COLUMNS = """id, campaign, promoter, asked_by, kind, personal, locale, status, row_count, file_key, failure, created_at,
    expires_at"""


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """`promoter` is the leader who asked, None for the merchant; only the merchant's may be `personal`."""

    id: UUID
    campaign: UUID
    promoter: UUID | None
    asked_by: str
    kind: str
    personal: bool
    locale: str
    status: str
    row_count: int
    file_key: str | None
    failure: str
    created_at: datetime
    expires_at: datetime

    @property
    def has_file(self) -> bool:
        return self.status == "ready" and self.expires_at > now()

    @property
    def extension(self) -> str:
        return "pdf" if self.kind == "labels" else self.kind


async def ask(
    campaign: UUID, kind: str, *, promoter: UUID | None, asked_by: str, personal: bool, locale: str
) -> Export:
    """A CSV needs no work beforehand: it is ready, and written while it is fetched."""
    moment = now()
    row = await tenants.connection().fetchrow(
        "INSERT INTO leader_export (id, campaign, promoter, asked_by, kind, personal, locale, status, created_at,"  # noqa: S608 - constants only
        f" expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING {COLUMNS}",
        new_id(), campaign, promoter, asked_by, kind, personal and promoter is None, locale,
        "ready" if kind == "csv" else "queued", moment, moment + KEPT,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return Export(**row)


async def find_export(export_id: UUID) -> Export:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {COLUMNS} FROM leader_export WHERE id = $1", export_id)  # noqa: S608 - constants only
    if row is None:
        raise NotFound
    return Export(**row)


async def recent(campaign: UUID, limit: int = 10) -> list[Export]:
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM leader_export WHERE campaign = $1 ORDER BY created_at DESC, id DESC LIMIT $2",  # noqa: S608 - constants only
        campaign, limit,
    )  # fmt: skip
    return [Export(**row) for row in rows]


async def finish(export_id: UUID, *, rows: int = 0, file_key: str | None = None, failure: str = "") -> None:
    await tenants.connection().execute(
        "UPDATE leader_export SET status = $2, row_count = $3, file_key = $4, failure = $5, finished_at = $6"
        " WHERE id = $1",
        export_id, "failed" if failure else "ready", rows, file_key, failure[:200], now(),
    )  # fmt: skip


async def over() -> list[tuple[UUID, str | None]]:
    """Exports whose time is over, each with the key of its file."""
    rows = await tenants.connection().fetch(
        "SELECT id, file_key FROM leader_export WHERE expires_at < $1 AND status <> 'expired' ORDER BY id", now()
    )
    return [(row["id"], row["file_key"]) for row in rows]


async def expire(exports: Sequence[UUID]) -> None:
    """Their files are gone; who took what away stays."""
    await tenants.connection().execute(
        "UPDATE leader_export SET status = 'expired', file_key = NULL WHERE id = ANY($1)", list(exports)
    )
