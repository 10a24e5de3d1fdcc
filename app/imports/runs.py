"""One file on its way in: what it is, how far it came, what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

CATALOG, SALES = "catalog", "external_sales"
OPEN = ("uploaded", "previewed", "queued", "running")


class ImportNotOpen(Refusal):
    """The run was already started, finished or canceled."""

    code = "imports.not_open"
    status = 409
    message = "This import was already started or canceled."


class Run(msgspec.Struct, frozen=True):
    """One import. The counts grow while it runs."""

    id: UUID
    kind: str
    file_name: str
    file_key: str
    images_key: str | None
    status: str
    failure_code: str
    failure_details: dict[str, Any]
    rows_read: int
    products: int
    variants: int
    images: int
    errors: int
    created_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def done(self) -> bool:
        return self.status in ("finished", "failed", "canceled")


class Issue(msgspec.Struct, frozen=True):
    """What was wrong with one row."""

    row_number: int
    column_name: str
    severity: str
    code: str
    details: dict[str, Any]


class Progress(msgspec.Struct, frozen=True):
    """What one batch added."""

    products: int = 0
    variants: int = 0
    images: int = 0
    errors: int = 0
    rows_read: int = 0


_COLUMNS = (
    "id, kind, file_name, file_key, images_key, status, failure_code, failure_details, rows_read, products, variants,"
    " images, errors, created_by, created_at, started_at, finished_at"
)
_FIND = f"SELECT {_COLUMNS} FROM import_run WHERE id = $1"  # noqa: S608 - constant names
_RECENT = f"SELECT {_COLUMNS} FROM import_run WHERE kind = ANY($2) ORDER BY created_at DESC, id DESC LIMIT $1"  # noqa: S608


async def open_run(
    file_name: str, file_key: str, *, images_key: str | None = None, by: str = "", status: str = "uploaded",
    kind: str = CATALOG,
) -> UUID:  # fmt: skip
    run_id = new_id()
    await tenants.connection().execute(
        "INSERT INTO import_run (id, kind, file_name, file_key, images_key, status, created_by, created_at)"
        " VALUES ($1, $8, $2, $3, $4, $5, $6, $7)",
        run_id, file_name[:200], file_key, images_key, status, by, now(), kind,
    )  # fmt: skip
    return run_id


async def find_run(run_id: UUID) -> Run:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(_FIND, run_id)
    if row is None:
        raise NotFound
    return _run(row)


async def recent_runs(limit: int = 20, *, kind: str = CATALOG) -> list[Run]:
    kinds = [kind, "shopify_csv"] if kind == CATALOG else [kind]
    return [_run(row) for row in await tenants.connection().fetch(_RECENT, limit, kinds)]


async def queue_run(run_id: UUID) -> None:
    """The merchant has seen the preview and wants it. Raises ImportNotOpen when it was decided before."""
    done = await tenants.connection().execute(
        "UPDATE import_run SET status = 'queued' WHERE id = $1 AND status IN ('uploaded', 'previewed')", run_id
    )
    if done.endswith(" 0"):
        await find_run(run_id)  # a run nobody made is unknown, not late
        raise ImportNotOpen


async def cancel_run(run_id: UUID) -> None:
    """Nothing was imported yet, and nothing will be. Raises ImportNotOpen once it was started."""
    done = await tenants.connection().execute(
        "UPDATE import_run SET status = 'canceled', finished_at = $2"
        " WHERE id = $1 AND status IN ('uploaded', 'previewed')",
        run_id, now(),
    )  # fmt: skip
    if done.endswith(" 0"):
        await find_run(run_id)  # a run nobody made is unknown, not late
        raise ImportNotOpen


async def begin_run(run_id: UUID) -> bool:
    """Start, or start again after a crash: the counts begin at zero, because every batch is simply written again."""
    done = await tenants.connection().execute(
        "UPDATE import_run SET status = 'running', started_at = $2, products = 0, variants = 0, images = 0, errors = 0,"
        " rows_read = 0 WHERE id = $1 AND status IN ('uploaded', 'queued', 'running')",
        run_id, now(),
    )  # fmt: skip
    if done.endswith(" 0"):
        return False
    await tenants.connection().execute("DELETE FROM import_issue WHERE import_run = $1", run_id)
    return True


async def advance_run(run_id: UUID, progress: Progress, issues: Sequence[Issue]) -> None:
    """Record one batch in the transaction that wrote it."""
    await tenants.connection().execute(
        "UPDATE import_run SET products = products + $2, variants = variants + $3, images = images + $4,"
        " errors = errors + $5, rows_read = greatest(rows_read, $6) WHERE id = $1",
        run_id, *msgspec.structs.astuple(progress),
    )  # fmt: skip
    await add_issues(run_id, issues)


async def add_issues(run_id: UUID, issues: Sequence[Issue]) -> None:
    await tenants.connection().executemany(
        "INSERT INTO import_issue (id, import_run, row_number, column_name, severity, code, details)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            (new_id(), run_id, each.row_number, each.column_name, each.severity, each.code,
             msgspec.json.encode(each.details).decode())
            for each in issues
        ],
    )  # fmt: skip


async def finish_run(run_id: UUID) -> None:
    await tenants.connection().execute(
        "UPDATE import_run SET status = 'finished', finished_at = $2 WHERE id = $1", run_id, now()
    )


async def fail_run(run_id: UUID, code: str, details: dict[str, Any]) -> None:
    """The file as a whole was refused; nothing of it is in the catalog."""
    await tenants.connection().execute(
        "UPDATE import_run SET status = 'failed', failure_code = $2, failure_details = $3, finished_at = $4"
        " WHERE id = $1",
        run_id, code, msgspec.json.encode(details).decode(), now(),
    )  # fmt: skip


async def issues_of(run_id: UUID, *, limit: int = 100_000) -> list[Issue]:
    """Errors before warnings, each in the order of the file."""
    rows = await tenants.connection().fetch(
        "SELECT row_number, column_name, severity, code, details FROM import_issue WHERE import_run = $1"
        " ORDER BY severity, row_number, id LIMIT $2",
        run_id, limit,
    )  # fmt: skip
    return [Issue(**dict(row) | {"details": msgspec.json.decode(row["details"])}) for row in rows]


def _run(row: Any) -> Run:
    return Run(**dict(row) | {"failure_details": msgspec.json.decode(row["failure_details"])})
