"""Bringing a catalog in: upload, look at what was found, confirm, watch, and take the list of problems home."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import catalog, imports
from app.backoffice.frame import AnyRequest, say, show
from app.identity import viewer_of
from app.kernel.errors import NotFound
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import page, see_other
from app.kernel.uploads import LARGEST_UPLOAD
from infra.storage.obstore import storage
from infra.storage.port import object_key
from tenants import outbox, states

# How spreadsheet programs recognize a formula, in the wide letters of East Asian keyboards too.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ImportController(Controller):
    path = "/imports"

    @get(permission="imports.write")
    async def index(self, request: AnyRequest) -> Template:
        return await _start(request, {})

    @post(permission="imports.write", request_max_body_size=LARGEST_UPLOAD)
    async def upload(self, request: AnyRequest) -> Template | Redirect:
        states.require(tenants.current(), "edit")
        form = await request.form()
        file, pictures = form.get("file"), form.get("pictures")
        if not isinstance(file, UploadFile) or not file.filename:
            return await _start(request, {"file": _("Choose a CSV file.")})
        file_key = await _keep(file, "csv")
        images_key = await _keep(pictures, "zip") if isinstance(pictures, UploadFile) and pictures.filename else None
        async with tenants.transaction():
            run_id = await imports.open_run(file.filename, file_key, images_key=images_key, by=viewer_of(request).name)
        return see_other(f"/imports/{run_id}")

    @get("/{run_id:uuid}", permission="imports.write")
    async def show_run(self, request: AnyRequest, run_id: FromPath[UUID]) -> Template:
        run, issues = await _find(run_id)
        if run.status not in ("uploaded", "previewed"):
            return await show(request, "imports/run.html", run=run, issues=issues, messages=catalog.MESSAGES)
        preview, refusal = await _look(run)
        return await show(
            request, "imports/preview.html", run=run, preview=preview, refusal=refusal, messages=catalog.MESSAGES,
            is_error=lambda problem: isinstance(problem, catalog.RowError),
        )  # fmt: skip

    @get("/{run_id:uuid}/progress", permission="imports.write")
    async def show_progress(self, run_id: FromPath[UUID]) -> Template:
        """The part of the page that is replaced while the import runs."""
        run, issues = await _find(run_id)
        return page("backoffice/imports/_progress.html", run=run, issues=issues, messages=catalog.MESSAGES, say=say)

    @post("/{run_id:uuid}/confirm", permission="imports.write")
    async def confirm(self, run_id: FromPath[UUID]) -> Redirect:
        states.require(tenants.current(), "edit")
        async with tenants.transaction():
            await _catalog_run(run_id)
            await imports.queue_run(run_id)
            await outbox.post("imports.run", queue="bulk", key=f"import:{run_id}", run_id=str(run_id))
        return see_other(f"/imports/{run_id}")

    @post("/{run_id:uuid}/cancel", permission="imports.write")
    async def cancel(self, run_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            await _catalog_run(run_id)
            await imports.cancel_run(run_id)
        return see_other("/imports", flash=("info", _("Canceled; nothing was changed")))

    @get("/{run_id:uuid}/issues.csv", permission="imports.write")
    async def download_issues(self, run_id: FromPath[UUID]) -> Response[bytes]:
        _run, issues = await _find(run_id)
        headers = {"Content-Disposition": 'attachment; filename="issues.csv"', "Cache-Control": "no-store"}
        return Response(issues_csv(issues), media_type="text/csv; charset=utf-8", headers=headers)


async def _start(request: AnyRequest, errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        runs = await imports.recent_runs()
    return await show(request, "imports/index.html", status_code=422 if errors else 200, runs=runs, errors=errors)


async def _find(run_id: UUID) -> tuple[imports.Run, list[imports.Issue]]:
    """The run, and its problems once it is over: the page of a running one is asked for again and again."""
    async with tenants.transaction():
        run = await _catalog_run(run_id)
        return run, await imports.issues_of(run_id) if run.done else []


async def _catalog_run(run_id: UUID) -> imports.Run:
    """Raises NotFound also for a file of another kind."""
    run = await imports.find_run(run_id)
    if run.kind == imports.SALES:
        raise NotFound
    return run


async def _keep(file: UploadFile, extension: str) -> str:
    """Store an upload under the name of its content. The size of a whole request is limited by its route."""
    data = await file.read()
    key = object_key(tenants.current().id, hashlib.sha256(data).hexdigest(), extension)
    await storage().put(key, data)
    return key


async def _look(run: imports.Run) -> tuple[catalog.Preview | None, catalog.FileError | None]:
    decimals = CURRENCIES[tenants.current().currency].exponent
    async with local_copy(run.file_key) as path:
        try:
            return await asyncio.to_thread(catalog.look_at, path, decimals), None
        except catalog.FileError as refusal:
            return None, refusal


@asynccontextmanager
async def local_copy(key: str) -> AsyncIterator[Path]:
    """An uploaded file on this machine, for as long as somebody looks into it."""
    with tempfile.TemporaryDirectory(prefix="preview-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            async for chunk in storage().stream(key):
                file.write(chunk)
        yield path


def issues_csv(issues: list[imports.Issue]) -> bytes:
    """The problems as a file that spreadsheet programs open; a text that looks like a formula is only a text there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Row"), _("Column"), _("Kind"), _("Problem")])
    for issue in issues:
        kind = _("Error") if issue.severity == "error" else _("Warning")
        message = say(catalog.MESSAGES[issue.code], issue.details)
        writer.writerow([issue.row_number, *map(_no_formula, (issue.column_name, kind, message))])
    return out.getvalue().encode("utf-8-sig")


def _no_formula(text: Any) -> str:
    return f"'{text}" if str(text).startswith(FORMULA) else str(text)


HANDLERS = [ImportController]
