"""Doubtful sales: the queue, one case with what speaks for and against it, and the store's answer."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import orders, risk
from app.backoffice import queries_risk as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.merchant_acts import Actor
from app.flows.review_risk import note_case, refuse_case, release_case
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import see_other
from app.risk import Reason


class AnswerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["release", "refuse"]
    words: str = ""
    remember: str = ""


class NoteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    words: str = ""


class RiskController(Controller):
    path = "/risk"

    @get(permission="risk.review")
    async def index(self, request: AnyRequest, view: FromQuery[str] = "") -> Template:
        view = view if view in ("open", "over", "own") else "open"
        async with tenants.transaction():
            rows = await (queries.own_purchases() if view == "own" else queries.cases(view))
            counts = await queries.counts()
        for row in rows:
            row["reasons"] = msgspec.json.decode(row["reasons"], type=list[Reason])
        return await show(request, "risk/index.html", rows=rows, view=view, counts=counts, words=risk.words)

    @get("/{risk_case_id:uuid}", permission="risk.review")
    async def show_case(self, request: AnyRequest, risk_case_id: FromPath[UUID]) -> Template:
        return await _case(request, risk_case_id, {}, {})

    @post("/{risk_case_id:uuid}", permission="risk.review")
    async def answer(self, request: AnyRequest, risk_case_id: FromPath[UUID]) -> Template | Redirect:
        """Let the commission go on, or take it back. Raises NotFound."""
        form, viewer = await read_form(request, AnswerForm), viewer_of(request)
        actor = Actor(viewer.id, viewer.name)
        try:
            if form.act == "release":
                await release_case(risk_case_id, words=form.words, actor=actor)
            else:
                await refuse_case(risk_case_id, words=form.words, remember=form.remember == "yes", actor=actor)
        except (InvalidInput, risk.CaseDecided, risk.NotPaidYet) as refusal:
            return await _case(request, risk_case_id, msgspec.to_builtins(form), translate_errors(refusal, "words"))
        said = _("The commission goes on") if form.act == "release" else _("The commission was taken back")
        return see_other("/risk", flash=("ok", said))

    @post("/{risk_case_id:uuid}/notes", permission="risk.review")
    async def write_note(self, request: AnyRequest, risk_case_id: FromPath[UUID]) -> Template | Redirect:
        form, viewer = await read_form(request, NoteForm), viewer_of(request)
        try:
            await note_case(risk_case_id, form.words, actor=Actor(viewer.id, viewer.name))
        except InvalidInput as refusal:
            errors = {"note": translate_errors(refusal, "words")["words"]}
            return await _case(request, risk_case_id, {"note": form.words}, errors)
        return see_other(f"/risk/{risk_case_id}", flash=("ok", _("Noted")))


async def _case(request: AnyRequest, case_id: UUID, values: dict[str, Any], errors: dict[str, str]) -> Template:
    """Raises NotFound."""
    async with tenants.transaction():
        case = await risk.find_case(case_id)
        found = await risk.find_assessment(case.assessment)
        order = await orders.find(case.order_id)
        context = {
            "notes": await risk.notes_of(case_id), "amount": await queries.amount_of(case_id),
            "buyer": await queries.buyer(order.id), "promoter": await queries.promoter(case.promoter),
        }  # fmt: skip
    if not context["promoter"]:
        raise NotFound
    return await show(
        request, "risk/show.html", status_code=422 if errors else 200, case=case, found=found, order=order,
        values=values, errors=errors, words=risk.words, **context,
    )  # fmt: skip


HANDLERS = [RiskController]
