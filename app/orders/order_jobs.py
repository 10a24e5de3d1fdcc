"""Jobs over many orders: exports, stacks of packing slips, and one act on many. Each is a row with its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

KEPT = timedelta(days=7)
CSV, XLSX = ("orders_csv", "lines_csv"), ("orders_xlsx", "lines_xlsx")
EXPORTS = (*CSV, *XLSX)
ACTS = ("cancel", "tag", "note")
KINDS = (*EXPORTS, "packing_slips", *ACTS)


class OrderJob(msgspec.Struct, frozen=True):
    """`every` means whatever fits `filters`, else exactly `numbers`. `words` is the tag or note."""

    id: UUID
    kind: str
    filters: dict[str, str]
    numbers: list[str]
    every: bool
    personal: bool
    words: str
    locale: str
    status: str
    total: int
    done: int
    refused: int
    file_key: str | None
    failure: str
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime

    @property
    def is_over(self) -> bool:
        return self.status not in ("queued", "running")

    @property
    def has_file(self) -> bool:
        return self.status == "ready" and (self.file_key is not None or self.kind in CSV)

    @property
    def extension(self) -> str:
        return "pdf" if self.kind == "packing_slips" else self.kind.rpartition("_")[2]


_COLUMNS = (
    "id, kind, filters, numbers, every, personal, words, locale, status, total, done, refused, file_key, failure,"
    " created_by, created_by_name, created_at, finished_at, expires_at"
)


async def write_job(
    kind: str, *, filters: Mapping[str, str], numbers: Sequence[str], every: bool, personal: bool, words: str,
    locale: str, by: tuple[UUID | None, str],
) -> OrderJob:  # fmt: skip
    """A CSV needs no work beforehand: it is ready, and written while it is fetched."""
    moment = now()
    row = await tenants.connection().fetchrow(
        "INSERT INTO order_job (id, kind, filters, numbers, every, personal, words, locale, status, created_by,"  # noqa: S608 - constants only
        " created_by_name, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
        f" RETURNING {_COLUMNS}",
        new_id(), kind, msgspec.json.encode(filters).decode(), list(numbers), every, personal, words, locale,
        "ready" if kind in CSV else "queued", *by, moment, moment + KEPT,
    )  # fmt: skip
    return _job(row)


async def find_job(job_id: UUID) -> OrderJob:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(f"SELECT {_COLUMNS} FROM order_job WHERE id = $1", job_id)  # noqa: S608 - constants only
    if row is None:
        raise NotFound
    return _job(row)


async def recent_jobs(limit: int = 50) -> list[OrderJob]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM order_job ORDER BY created_at DESC, id DESC LIMIT $1",  # noqa: S608 - constants only
        limit,
    )
    return [_job(row) for row in rows]


def _job(row: Any) -> OrderJob:
    return OrderJob(**{**row, "filters": msgspec.json.decode(row["filters"])})


async def note_progress(job_id: UUID, *, done: int, refused: int = 0) -> None:
    await tenants.connection().execute(
        "UPDATE order_job SET status = 'running', done = $2::integer, refused = $3::integer,"
        " total = greatest(total, $2::integer + $3::integer)"
        " WHERE id = $1 AND status IN ('queued', 'running')",
        job_id, done, refused,
    )  # fmt: skip


async def finish_job(job_id: UUID, *, file_key: str | None = None, failure: str = "") -> None:
    await tenants.connection().execute(
        "UPDATE order_job SET status = $2, file_key = $3, failure = $4, finished_at = $5 WHERE id = $1",
        job_id, "failed" if failure else "ready", file_key, failure[:300], now(),
    )  # fmt: skip


async def jobs_over() -> list[tuple[UUID, str | None]]:
    """Jobs whose time is over, each with the key of its file."""
    rows = await tenants.connection().fetch(
        "SELECT id, file_key FROM order_job WHERE expires_at < $1 AND status <> 'expired' ORDER BY id", now()
    )
    return [(row["id"], row["file_key"]) for row in rows]


async def expire_jobs(jobs: Sequence[UUID]) -> None:
    """Their files are gone; their rows stay and say so."""
    await tenants.connection().execute(
        "UPDATE order_job SET status = 'expired', file_key = NULL WHERE id = ANY($1)", list(jobs)
    )
