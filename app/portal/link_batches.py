"""Many links in one act of a host: for themselves and whoever stands below, in their sessions or outside of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import links, live, promoters
from app.flows import link_choices, link_sheet
from app.flows.create_links import create_team_links
from app.identity import viewer_of
from app.kernel.errors import NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import translate_errors
from app.kernel.pages import page, see_other
from app.portal.frame import AnyRequest, Place, enter


class LinkBatchController(Controller):
    path = "/links/batches"

    @get("/new", permission="signed_in")
    async def new(self, request: AnyRequest, session: FromQuery[UUID | None] = None) -> Template:
        place = await enter(request)
        return await _form(place, {"promoters": [place.promoter.id], "sessions": [session]}, {})

    @post("/new", permission="signed_in")
    async def create(self, request: AnyRequest) -> Template | Redirect:
        place, form = await enter(request), link_choices.BatchForm()
        try:
            form = await read_form(request, link_choices.BatchForm)
            batch = await create_team_links(viewer_of(request).id, form.picks)
        except Refusal as refusal:
            errors = translate_errors(refusal, "promoters")
            return await _form(place, msgspec.structs.asdict(form), errors, refusal.status)
        return see_other(f"/links/batches/{batch.id}")

    @get("/{link_batch_id:uuid}", permission="signed_in")
    async def one(self, request: AnyRequest, link_batch_id: FromPath[UUID]) -> Template:
        place = await enter(request)
        batch, rows = await _own(place, link_batch_id)
        return page("portal/links/batch.html", tab="links", batch=batch, rows=rows)

    @get("/{link_batch_id:uuid}/links.csv", permission="signed_in")
    async def as_csv(self, request: AnyRequest, link_batch_id: FromPath[UUID]) -> Response[bytes]:
        return await link_sheet.answer_with(*await _own(await enter(request), link_batch_id), "csv")

    @get("/{link_batch_id:uuid}/links.xlsx", permission="signed_in")
    async def as_xlsx(self, request: AnyRequest, link_batch_id: FromPath[UUID]) -> Response[bytes]:
        return await link_sheet.answer_with(*await _own(await enter(request), link_batch_id), "xlsx")


async def _own(place: Place, batch_id: UUID) -> tuple[links.Batch, list[link_sheet.Row]]:
    """Raises NotFound, also for somebody else's."""
    async with tenants.transaction():
        batch = await links.find_batch(batch_id)
        if batch.promoter != place.promoter.id:
            raise NotFound
        return batch, await link_sheet.rows_of(batch.id)


async def _form(place: Place, values: dict[str, Any], errors: dict[str, str], status_code: int = 200) -> Template:
    host = place.promoter
    async with tenants.transaction():
        team = [(one.id, one.name) for one in await promoters.below(host.id) if one.status == "approved"]
        sessions = [(one.id, one.title) for one in await live.sessions_of(host.id) if not one.is_over]
        offered = {
            "promoters": [(host.id, host.name), *team],
            "sessions": sessions,
            "products": await link_choices.products(),
            "campaigns": await link_choices.campaigns(),
        }
        before = await links.recent_batches(host.id)
    return page(
        "portal/links/new_batch.html", status_code=status_code, tab="links", offered=offered, values=values,
        errors=errors, before=before,
    )  # fmt: skip


HANDLERS = [LinkBatchController]
