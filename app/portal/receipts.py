"""The attribution receipt as a promoter sees it: who has the sale, why, and asking the store to look again."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import attribution, commissions
from app.flows.dispute_sale import dispute_sale
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_errors
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.portal import queries
from app.portal.frame import AnyRequest, Place, enter

CLICKS = {
    "live": N_("in the live session"), "link": N_("through a link"), "code_at_checkout": N_("named at the checkout"),
    "coupon": N_("by coupon"), "binding": N_("the shopper's sharer"), "leader": N_("led the campaign"),
}  # fmt: skip


class DisputeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    words: str = ""


@get("/receipts", permission="signed_in")
async def show_lost(request: AnyRequest) -> Template:
    """Sales that the promoter touched and somebody else has, each with its receipt."""
    place = await enter(request)
    async with tenants.transaction():
        rows = await queries.lost_sales(place.promoter.id)
    return page("portal/receipts/index.html", tab="earnings", rows=rows, days=queries.LOST_DAYS)


@get("/receipts/{line_id:uuid}", permission="signed_in")
async def show_receipt(request: AnyRequest, line_id: FromPath[UUID]) -> Template:
    """The attribution receipt of one order line: for whoever won it, lost it or earns of it, nobody else."""
    return await _receipt(await enter(request), line_id)


@post("/receipts/{line_id:uuid}/disputes", permission="signed_in")
async def ask_about(request: AnyRequest, line_id: FromPath[UUID]) -> Template | Redirect:
    """Say what is wrong with it; the store answers on the same page."""
    place, form = await enter(request), await read_form(request, DisputeForm)
    async with tenants.transaction():
        await _may_read(place, line_id)
    try:
        await dispute_sale(line_id, place.promoter.id, place.promoter.name, form.words)
    except (InvalidInput, attribution.DisputeOpen) as refusal:
        return await _receipt(place, line_id, form.words, translate_errors(refusal, "words")["words"])
    return see_other(f"/receipts/{line_id}", flash=("ok", _("The store will look at it")))


async def _may_read(place: Place, line_id: UUID) -> attribution.Receipt:
    """Raises NotFound for whoever has nothing to do with it."""
    receipt = await attribution.receipt_of_line(line_id)
    parties = {one.promoter for one in (*receipt.losers, *([receipt.winner] if receipt.winner else []))}
    parties |= {share.promoter for share in await commissions.lines_of(receipt.order_id) if share.order_line == line_id}
    if place.promoter.id not in parties:
        raise NotFound
    return receipt


async def _receipt(place: Place, line_id: UUID, typed: str = "", error: str = "") -> Template:
    async with tenants.transaction():
        receipt = await _may_read(place, line_id)
        shares = [share for share in await commissions.lines_of(receipt.order_id) if share.order_line == line_id]
        disputes = await attribution.disputes_of([receipt.decision])
        moves = await attribution.moves_of([receipt.decision])
    return page(
        "portal/receipts/show.html", status_code=422 if error else 200, tab="earnings", receipt=receipt,
        shares=[share for share in shares if not moves or share.kept_amount or share.promoter == receipt.promoter],
        me=place.promoter.id, mine=[share for share in shares if share.promoter == place.promoter.id], clicks=CLICKS,
        roles=commissions.words.ROLES,
        rungs=attribution.RUNG_NAMES, outcomes=attribution.RUNG_OUTCOMES, disputes=disputes, moves=moves,
        typed=typed, error=error,
    )  # fmt: skip


HANDLERS = [show_lost, show_receipt, ask_about]
