"""Rehearsals of shipping: start one, watch it, read what it showed."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, rehearsals
from app.backoffice import rehearsal_words as words
from app.backoffice.frame import AnyRequest, show
from app.flows import rehearse as flow
from app.identity import viewer_of
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

HOME = "/rehearsals"


class StartForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    adapter: Annotated[str, msgspec.Meta(max_length=40)]
    scenario: Annotated[str, msgspec.Meta(max_length=40)]
    orders: Literal["10", "20", "50"] = "10"


class RehearsalController(Controller):
    path = HOME

    @get(permission="connections.read")
    async def index(self, request: AnyRequest) -> Template:
        async with tenants.transaction():
            kept = await rehearsals.newest()
            usual = next((each.adapter for each in await fulfillment.warehouses()), "")
        kinds = [kind for kind in fulfillment.KINDS.values() if kind.practices]
        return await show(
            request, "rehearsals/index.html", kept=kept, kinds=kinds, sizes=rehearsals.SIZES, words=words,
            known=fulfillment.KINDS, usual=usual, running=any(each.status == "running" for each in kept),
        )  # fmt: skip

    @post(permission="connections.write")
    async def start(self, request: AnyRequest) -> Redirect:
        form = await read_form(request, StartForm)
        by = viewer_of(request).name
        rehearsal_id = await flow.start_rehearsal(form.adapter, form.scenario, int(form.orders), by=by)
        return see_other(f"{HOME}/{rehearsal_id}")

    @get("/{rehearsal_id:uuid}", permission="connections.read")
    async def watch(self, request: AnyRequest, rehearsal_id: FromPath[UUID]) -> Template:
        return await show(request, "rehearsals/show.html", **await _seen(rehearsal_id))

    @get("/{rehearsal_id:uuid}/progress", permission="connections.read")
    async def progress(self, request: AnyRequest, rehearsal_id: FromPath[UUID]) -> Template:
        """The part of the page that moves."""
        return await show(request, "rehearsals/_progress.html", **await _seen(rehearsal_id))

    @post("/{rehearsal_id:uuid}/end", permission="connections.write")
    async def end(self, rehearsal_id: FromPath[UUID]) -> Redirect:
        await flow.end_rehearsal(rehearsal_id)
        return see_other(f"{HOME}/{rehearsal_id}", flash=("info", _("It ends now; the report is written.")))


async def _seen(rehearsal_id: UUID) -> dict[str, Any]:
    """While it runs the figures are counted from the rows; afterwards they are those of its end."""
    async with tenants.transaction():
        rehearsal = await rehearsals.find(rehearsal_id)
        orders = await rehearsals.orders_of(rehearsal_id)
        sums = await rehearsals.sums(rehearsal_id)
    over = rehearsal.status == "ended"
    figures = rehearsals.figures_of(orders, sums, None) | dict(rehearsal.figures)
    verdict, advice = rehearsals.judge(orders, figures)
    return {
        "rehearsal": rehearsal, "orders": orders, "figures": figures, "over": over, "words": words,
        "verdict": rehearsals.VERDICTS[verdict], "advice": [rehearsals.ADVICE[word] for word in advice],
        "known": fulfillment.KINDS,
    }  # fmt: skip


HANDLERS = [RehearsalController]
