"""Many tracked links in one act of the merchant: choose, look at what came of it, take it away as a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import links
from app.backoffice.frame import AnyRequest, show
from app.flows import link_choices, link_sheet
from app.flows.create_links import create_links
from app.identity import viewer_of
from app.kernel.errors import Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_errors
from app.kernel.pages import see_other


class LinkBatchController(Controller):
    path = "/links/batches"

    @get("/new", permission="promoters.write")
    async def new(self, request: AnyRequest) -> Template:
        return await _form(request, {}, {})

    @post("/new", permission="promoters.write")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        form = link_choices.BatchForm()
        try:
            form = await read_form(request, link_choices.BatchForm)
            batch = await create_links(form.picks, by=viewer_of(request).name)
        except Refusal as refusal:
            errors = translate_errors(refusal, "promoters")
            return await _form(request, msgspec.structs.asdict(form), errors, refusal.status)
        return see_other(f"/links/batches/{batch.id}")

    @get("/{link_batch_id:uuid}", permission="promoters.read")
    async def one(self, request: AnyRequest, link_batch_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            batch = await links.find_batch(link_batch_id)
            rows = await link_sheet.rows_of(batch.id)
        return await show(request, "links/batch.html", batch=batch, rows=rows)

    @get("/{link_batch_id:uuid}/links.csv", permission="promoters.read")
    async def as_csv(self, link_batch_id: FromPath[UUID]) -> Response[bytes]:
        return await _file(link_batch_id, "csv")

    @get("/{link_batch_id:uuid}/links.xlsx", permission="promoters.read")
    async def as_xlsx(self, link_batch_id: FromPath[UUID]) -> Response[bytes]:
        return await _file(link_batch_id, "xlsx")


async def _file(batch_id: UUID, kind: str) -> Response[bytes]:
    async with tenants.transaction():
        batch = await links.find_batch(batch_id)
        rows = await link_sheet.rows_of(batch.id)
    return await link_sheet.answer_with(batch, rows, kind)


async def _form(
    request: AnyRequest, values: dict[str, Any], errors: dict[str, str], status_code: int = 200
) -> Template:
    async with tenants.transaction():
        offered = {
            "promoters": await link_choices.people(),
            "sessions": await link_choices.sessions(),
            "products": await link_choices.products(),
            "campaigns": await link_choices.campaigns(),
        }
        before = await links.recent_batches(None)
    return await show(
        request, "links/new_batch.html", status_code=status_code, offered=offered, values=values, errors=errors,
        before=before,
    )  # fmt: skip


HANDLERS = [LinkBatchController]
