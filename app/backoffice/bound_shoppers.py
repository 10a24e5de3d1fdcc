"""Shoppers bound to sharers: who to whom, the history of each, moving one with a reason, and bringing many along."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import promoters
from app.attribution import reason_text
from app.backoffice import queries_whose_sale as queries
from app.backoffice import whose_sale_words as words
from app.backoffice.frame import AnyRequest, show
from app.flows.change_binding import NobodyIsBound, UnknownRow, import_bindings, move_shopper
from app.flows.merchant_acts import Actor
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors
from app.kernel.pages import see_other


class MoveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    promoter: UUID
    reason: str = ""


class ImportForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    rows: str = ""


class BoundShopperController(Controller):
    path = "/attribution/shoppers"

    @get(permission="promoters.read")
    async def index(self, request: AnyRequest, q: FromQuery[str] = "") -> Template:
        return await _list(request, q[:100])

    @post(permission="promoters.write")
    async def bring_along(self, request: AnyRequest) -> Template | Redirect:
        """An e-mail and a sharer's code in each row. All of them are taken over, or none."""
        form, viewer = await read_form(request, ImportForm), viewer_of(request)
        try:
            many = await import_bindings(_pairs(form.rows), actor=Actor(viewer.id, viewer.name))
        except (InvalidInput, UnknownRow, NobodyIsBound) as refusal:
            return await _list(request, "", typed=form.rows, errors=translate_errors(refusal, "rows"))
        said = ngettext("%(num)s shopper is bound", "%(num)s shoppers are bound", many, num=many)
        return see_other("/attribution/shoppers", flash=("ok", said))

    @get("/{binding_subject_id:uuid}", permission="promoters.read")
    async def one(self, request: AnyRequest, binding_subject_id: FromPath[UUID]) -> Template:
        return await _one(request, binding_subject_id, {}, {})

    @post("/{binding_subject_id:uuid}", permission="promoters.write")
    async def move(self, request: AnyRequest, binding_subject_id: FromPath[UUID]) -> Template | Redirect:
        form, viewer = await read_form(request, MoveForm), viewer_of(request)
        try:
            await move_shopper(
                binding_subject_id, form.promoter, reason=form.reason, actor=Actor(viewer.id, viewer.name)
            )
        except (InvalidInput, NobodyIsBound) as refusal:
            values = {"promoter": str(form.promoter), "reason": form.reason}
            return await _one(request, binding_subject_id, values, translate_errors(refusal, "promoter"))
        return see_other(f"/attribution/shoppers/{binding_subject_id}", flash=("ok", _("Moved")))


def _pairs(text: str) -> list[tuple[str, str]]:
    """One row each; what stands after the first comma, semicolon, tab or blank is the code."""
    rows = [line.replace(";", ",").replace("\t", ",") for line in text.splitlines() if line.strip()]
    parts = [line.partition("," if "," in line else " ") for line in rows]
    return [(email.strip(), code.strip()) for email, _sign, code in parts]


async def _list(
    request: AnyRequest, query: str, *, typed: str = "", errors: dict[str, str] | None = None
) -> Template:  # fmt: skip
    async with tenants.transaction():
        rows = await queries.bound(query)
    return await show(
        request, "attribution/shoppers.html", status_code=422 if errors else 200, rows=rows, q=query, typed=typed,
        errors=errors or {}, most=queries.MOST,
    )  # fmt: skip


async def _one(request: AnyRequest, subject: UUID, values: dict[str, str], errors: dict[str, str]) -> Template:
    async with tenants.transaction():
        shopper = await queries.subject(subject)
        bindings = await queries.bindings_of(subject)
        steps = await queries.steps_of(subject)
        sharers = await promoters.everyone("approved")
    return await show(
        request, "attribution/shopper.html", status_code=422 if errors else 200, shopper=shopper, bindings=bindings,
        steps=steps, values=values, errors=errors, words=words, reason_text=reason_text,
        sharers=[(str(one.id), one.name) for one in sharers],
    )  # fmt: skip


HANDLERS = [BoundShopperController]
