"""A file of orders placed elsewhere: upload, look at what was found, take it in, take its bad rows home."""

from __future__ import annotations

import hashlib
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import external_sales, imports
from app.backoffice.frame import AnyRequest, say, show
from app.backoffice.imports import local_copy
from app.flows.read_sales_file import Preview, bad_rows_of, look_at
from app.identity import viewer_of
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.kernel.sheets import CsvRows
from app.kernel.uploads import LARGEST_UPLOAD
from infra.storage.obstore import storage
from infra.storage.port import object_key
from tenants import outbox, states


class SalesFileController(Controller):
    path = "/external-sales/files"

    @post(permission="promoters.write", request_max_body_size=LARGEST_UPLOAD)
    async def upload(self, request: AnyRequest) -> Redirect:
        states.require(tenants.current(), "edit")
        file = (await request.form()).get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return see_other("/external-sales", flash=("bad", _("Choose a CSV or XLSX file.")))
        data = await file.read()
        ending = "xlsx" if data.startswith(b"PK") else "csv"
        key = object_key(tenants.current().id, hashlib.sha256(data).hexdigest(), ending)
        await storage().put(key, data)
        async with tenants.transaction():
            run_id = await imports.open_run(file.filename, key, by=viewer_of(request).name, kind=imports.SALES)
        return see_other(f"/external-sales/files/{run_id}")

    @get("/{import_run_id:uuid}", permission="promoters.read")
    async def show_run(self, request: AnyRequest, import_run_id: FromPath[UUID]) -> Template:
        run = await _find(import_run_id)
        preview, refusal = await _look(run) if run.status == "uploaded" else (None, None)
        async with tenants.transaction():
            issues = await imports.issues_of(run.id, limit=200) if run.done else []
        return await show(
            request, "external_sales/file.html", run=run, preview=preview, refusal=refusal, issues=issues,
            messages=external_sales.MESSAGES, words=external_sales.words,
        )  # fmt: skip

    @post("/{import_run_id:uuid}/confirm", permission="promoters.write")
    async def confirm(self, import_run_id: FromPath[UUID]) -> Redirect:
        """Good rows come in; bad ones stay out and can be taken home."""
        states.require(tenants.current(), "edit")
        run = await _find(import_run_id)
        async with tenants.transaction():
            await imports.queue_run(run.id)
            await outbox.post("external_sales.read_file", queue="bulk", key=f"sales:{run.id}", run_id=str(run.id))
        return see_other(f"/external-sales/files/{run.id}")

    @post("/{import_run_id:uuid}/cancel", permission="promoters.write")
    async def cancel(self, import_run_id: FromPath[UUID]) -> Redirect:
        run = await _find(import_run_id)
        async with tenants.transaction():
            await imports.cancel_run(run.id)
        return see_other("/external-sales", flash=("info", _("Canceled; nothing was changed")))

    @get("/{import_run_id:uuid}/bad-rows.csv", permission="promoters.read")
    async def download_bad_rows(self, import_run_id: FromPath[UUID]) -> Response[bytes]:
        """As they came, with what is wrong beside them: mended, the same file can be uploaded."""
        run = await _find(import_run_id)
        async with local_copy(run.file_key) as path:
            columns, problems = await bad_rows_of(path)
        sheet = CsvRows()
        sheet.row([*columns, _("Row"), _("Problem")])
        for each in problems:
            why = f"{each.column}: {say(external_sales.MESSAGES[each.code], each.details)}"
            sheet.row([*(each.cells.get(name, "") for name in columns), each.row, why])
        headers = {"Content-Disposition": 'attachment; filename="bad-rows.csv"', "Cache-Control": "no-store"}
        return Response(sheet.take().encode(), media_type="text/csv; charset=utf-8", headers=headers)


async def _find(run_id: UUID) -> imports.Run:
    """Raises NotFound also for a file of another kind."""
    async with tenants.transaction():
        run = await imports.find_run(run_id)
    if run.kind != imports.SALES:
        raise NotFound
    return run


async def _look(run: imports.Run) -> tuple[Preview | None, Refusal | None]:
    async with local_copy(run.file_key) as path:
        try:
            return await look_at(path), None
        except Refusal as refusal:
            return None, refusal


HANDLERS = [SalesFileController]
