"""Sales made elsewhere: the list, one line with its whole story, who its sharers and what its goods are."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import commissions, external_sales, imports
from app.backoffice import queries_elsewhere as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.merchant_acts import Actor
from app.flows.say_who_and_what import say_what, say_who
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import N_, gettext, ngettext, translate_fields
from app.kernel.pages import see_other

PER_PAGE = 50
FARTHEST = 100_000
SHOWN = {
    "open": N_("Something to say"), "provisional": N_("Provisional"), "settled": N_("Settled"),
    "nobody": N_("Nobody earns"),
}  # fmt: skip


class WhoForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    promoter: UUID


class WhatForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    platform: Annotated[str, msgspec.Meta(max_length=20)]
    sku_code: Annotated[str, msgspec.Meta(max_length=200)]
    our_sku: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ExternalSalesController(Controller):
    path = "/external-sales"

    @get(permission="promoters.read")
    async def index(
        self, request: AnyRequest, platform: FromQuery[str] = "", filter_: FromQuery[str] = "", q: FromQuery[str] = "",
        start: FromQuery[int] = 0,
    ) -> Template:  # fmt: skip
        start = min(max(start, 0), FARTHEST)
        async with tenants.transaction():
            rows = await queries.lines(platform, filter_, q, PER_PAGE + 1, start)
            sums, files = await queries.sums(), await imports.recent_runs(5, kind=imports.SALES)
        here = f"/external-sales?platform={platform}&filter_={filter_}&start="
        return await show(
            request, "external_sales/index.html", rows=rows[:PER_PAGE], sums=sums, files=files, platform=platform,
            shown=filter_, query=q, words=external_sales.words,
            platforms=[(key, gettext(text)) for key, text in external_sales.words.PLATFORMS.items()],
            states=[(key, gettext(text)) for key, text in SHOWN.items()],
            previous=f"{here}{max(start - PER_PAGE, 0)}" if start else "",
            next=f"{here}{start + PER_PAGE}" if len(rows) > PER_PAGE else "",
        )  # fmt: skip

    @get("/lines/{external_line_id:uuid}", permission="promoters.read")
    async def show_line(self, request: AnyRequest, external_line_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            line = await external_sales.find(external_line_id)
            sightings = await external_sales.sightings_of(external_line_id)
            decisions = await external_sales.decisions_of(external_line_id)
            earned = await queries.commission_of(external_line_id)
        return await show(
            request, "external_sales/line.html", line=line, sightings=sightings, decisions=decisions, earned=earned,
            words=external_sales.words, states=commissions.words.STATES, roles=commissions.words.ROLES,
        )  # fmt: skip

    @get("/matching", permission="promoters.read")
    async def matching(self, request: AnyRequest) -> Template:
        return await _matching(request, {})

    @post("/sharers/{external_sharer_id:uuid}", permission="promoters.write")
    async def name_sharer(self, request: AnyRequest, external_sharer_id: FromPath[UUID]) -> Template | Redirect:
        """This sharer is that promoter, for every line there is and will be."""
        try:
            form = await read_form(request, WhoForm)
            lines = await say_who(external_sharer_id, form.promoter, actor=_actor(request))
        except InvalidInput as refusal:
            return await _matching(request, translate_fields(refusal))
        return see_other("/external-sales/matching", flash=("ok", _counted(lines)))

    @post("/goods", permission="promoters.write")
    async def name_good(self, request: AnyRequest) -> Template | Redirect:
        try:
            form = await read_form(request, WhatForm)
            async with tenants.transaction():
                variant = await queries.variant_by_sku(form.our_sku)
            if variant is None:
                raise InvalidInput({"our_sku": N_("Exactly one of your goods must have this SKU.")})
            lines = await say_what(form.platform, form.sku_code, variant, actor=_actor(request))
        except InvalidInput as refusal:
            return await _matching(request, translate_fields(refusal))
        return see_other("/external-sales/matching", flash=("ok", _counted(lines)))


def _actor(request: AnyRequest) -> Actor:
    viewer = viewer_of(request)
    return Actor(viewer.id, viewer.name)


def _counted(lines: int) -> str:
    return ngettext("Kept; %(num)s line is counted anew", "Kept; %(num)s lines are counted anew", lines) % {
        "num": lines
    }


async def _matching(request: AnyRequest, errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        sharers, goods = await external_sales.sharers(), await external_sales.unmatched()
        people = await queries.promoters_to_choose()
    return await show(
        request, "external_sales/matching.html", status_code=422 if errors else 200, sharers=sharers, goods=goods,
        people=people, words=external_sales.words, errors=errors,
    )  # fmt: skip


HANDLERS = [ExternalSalesController]
