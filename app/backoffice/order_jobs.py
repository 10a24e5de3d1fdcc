"""Many orders at once: export them, print their packing slips, cancel the unpaid ones, tag them or note something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Stream, Template

import tenants
from app import orders
from app.backoffice.frame import AnyRequest, show
from app.flows import order_search
from app.flows.order_rows import csv_of
from app.identity import Viewer, allows, viewer_of
from app.kernel.errors import Forbidden, InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import current_locale
from app.kernel.pages import see_other
from app.orders import OrderJob
from infra.storage.obstore import storage
from infra.storage.port import ObjectMissing
from tenants import audit, outbox, platform

# What each kind of job needs beside reading orders.
NEEDS = {"cancel": "orders.write", "tag": "orders.note", "note": "orders.note", "packing_slips": "orders.read"}
TYPES = {
    "csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
MOST_CHOSEN = 500


class JobForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`every` means all that fit `filters` (the list's own query), not only the ticked `numbers`."""

    kind: Literal["orders_csv", "orders_xlsx", "lines_csv", "lines_xlsx", "packing_slips", "cancel", "tag", "note"]
    filters: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    numbers: list[str] = []
    every: bool = False
    words: Annotated[str, msgspec.Meta(max_length=500)] = ""
    sure: bool = False


class OrderJobController(Controller):
    path = "/order-jobs"

    @get(permission="orders.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            jobs = await orders.recent_jobs()
        return await show(request, "order_jobs/index.html", jobs=jobs)

    @post(permission="orders.read")
    async def start(self, request: AnyRequest) -> Redirect:
        """Raises Forbidden, InvalidInput."""
        form, viewer = await read_form(request, JobForm), viewer_of(request)
        _check(form, viewer)
        if form.kind in orders.EXPORTS:
            await _write_down(form, viewer)
        async with tenants.transaction():
            job = await orders.write_job(
                form.kind, filters=order_search.filters_of(form.filters), numbers=form.numbers, every=form.every,
                personal=allows(viewer.realm, viewer.role, "orders.personal"), words=form.words.strip(),
                locale=current_locale.get(), by=(viewer.id, viewer.name),
            )  # fmt: skip
            if not job.is_over:
                await outbox.post("orders.job", queue="default", key=f"orders.job:{job.id}", job_id=str(job.id))
        return see_other(f"/order-jobs/{job.id}")

    @get("/{order_job_id:uuid}", permission="orders.read")
    async def show_job(self, request: AnyRequest, order_job_id: FromPath[UUID]) -> Template:
        return await show(request, "order_jobs/show.html", job=await _find(order_job_id))

    @get("/{order_job_id:uuid}/progress", permission="orders.read")
    async def show_progress(self, request: AnyRequest, order_job_id: FromPath[UUID]) -> Template:
        return await show(request, "order_jobs/_progress.html", job=await _find(order_job_id))

    @get("/{order_job_id:uuid}/file", permission="orders.read")
    async def fetch(self, request: AnyRequest, order_job_id: FromPath[UUID]) -> Response[bytes] | Stream:
        """Exports open to whoever may export; one with personal data to whoever may see that."""
        job, viewer = await _find(order_job_id), viewer_of(request)
        if job.kind in orders.EXPORTS:
            _require(viewer, "orders.export")
        if job.personal and job.kind in orders.EXPORTS:
            _require(viewer, "orders.personal")
        if not job.has_file:
            raise NotFound
        headers = {
            "Content-Disposition": f'attachment; filename="{job.kind.partition("_")[0]}-{job.created_at:%Y%m%d-%H%M}'
            f'.{job.extension}"',
            "Cache-Control": "no-store",
        }
        if job.file_key is None:
            return Stream(_pieces(job), media_type=TYPES["csv"], headers=headers)
        try:
            content = await storage().get(job.file_key)
        except ObjectMissing as error:
            raise NotFound from error
        return Response(content, media_type=TYPES[job.extension], headers=headers)


async def _pieces(job: OrderJob) -> AsyncIterator[bytes]:
    async for piece in csv_of(job):
        yield piece.encode()


def _check(form: JobForm, viewer: Viewer) -> None:
    _require(viewer, NEEDS.get(form.kind, "orders.export"))
    if not form.every and not form.numbers:
        raise InvalidInput({"numbers": "Tick at least one order."})
    if len(form.numbers) > MOST_CHOSEN:
        raise InvalidInput({"numbers": "Choose all that fit instead of ticking so many."})
    if form.kind in ("tag", "note") and not form.words.strip():
        raise InvalidInput({"words": "This is needed."})
    if form.kind == "cancel" and not form.sure:
        raise InvalidInput({"sure": "Tick the box to confirm."})


def _require(viewer: Viewer, permission: str) -> None:
    if not allows(viewer.realm, viewer.role, permission):
        raise Forbidden


async def _find(job_id: UUID) -> OrderJob:
    async with tenants.transaction():
        return await orders.find_job(job_id)


async def _write_down(form: JobForm, viewer: Viewer) -> None:
    """Every export is in the audit log, before it exists."""
    details = {"kind": form.kind, "filters": form.filters, "every": form.every, "chosen": len(form.numbers)}
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=viewer.id, actor_name=viewer.name, action="orders.export",
            tenant=tenants.current().id, subject=form.kind, details=details,
        )  # fmt: skip


HANDLERS = [OrderJobController]
