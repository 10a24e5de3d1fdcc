"""Ordering from suppliers: what waits to be ordered, batches, purchase orders and what arrived of them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import purchasing
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.answer_purchase import answer_purchase
from app.flows.order_from_suppliers import order_from_suppliers, reopen
from app.flows.purchase_pages import counts_of, purchase_context, read_answer
from app.flows.purchase_papers import PDF, XLSX, purchase_pdf, purchase_xlsx
from app.flows.receive_goods import receive_goods
from app.flows.supply_needs import needs_until
from app.identity import viewer_of
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import ngettext, translate_errors, translate_fields
from app.kernel.pages import see_other

_CAMPAIGNS = """
SELECT DISTINCT campaign.id, campaign.title FROM campaign JOIN orders ON orders.campaign = campaign.id
WHERE orders.status = 'placed' AND orders.paid_at IS NOT NULL ORDER BY campaign.title LIMIT 100
"""


class BatchForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    campaign: UUID | None = None


class SettingForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    daily_at: Annotated[str, msgspec.Meta(max_length=5)] = ""


class PurchasingController(Controller):
    path = "/purchasing"

    @get(permission="fulfillment.read")
    async def index(self, request: AnyRequest, status: FromQuery[str] = "", after: FromQuery[str] = "") -> Template:
        return await _index(request, status if status in purchasing.STATUSES else "", after)

    @post("/batches", permission="products.write")
    async def make(self, request: AnyRequest) -> Template | Redirect:
        form = await read_form(request, BatchForm)
        try:
            made = await order_from_suppliers(campaign=form.campaign, by=viewer_of(request).name)
        except Refusal as refusal:
            return await _index(request, "", "", errors=translate_errors(refusal, "campaign"))
        return see_other(f"/purchasing/batches/{made.batch}", flash=("ok", _said(_("Ordered"), made.without_cost)))

    @post("/setting", permission="products.write")
    async def set_time(self, request: AnyRequest) -> Template | Redirect:
        try:
            form = await read_form(request, SettingForm)
            async with tenants.transaction():
                await purchasing.change_setting(form.daily_at)
        except InvalidInput as refusal:
            return await _index(request, "", "", errors=translate_fields(refusal))
        return see_other("/purchasing", flash=("ok", _("Saved")))

    @get("/batches/{supply_batch_id:uuid}", permission="fulfillment.read")
    async def show_batch(self, request: AnyRequest, supply_batch_id: FromPath[UUID]) -> Template:
        async with tenants.transaction():
            batch = await purchasing.find_batch(supply_batch_id)
            rows = await purchasing.purchases_of(supply_batch_id)
        return await show(request, "purchasing/batch.html", batch=batch, rows=rows, words=purchasing.words)

    @post("/batches/{supply_batch_id:uuid}/computations", permission="products.write")
    async def compute_again(self, request: AnyRequest, supply_batch_id: FromPath[UUID]) -> Redirect:
        done = await reopen(supply_batch_id, by=viewer_of(request).name)
        said = ngettext("%(num)s purchase order changed", "%(num)s purchase orders changed", done.changed)
        said = said % {"num": done.changed} if done.changed else _("Nothing has changed")
        return see_other(f"/purchasing/batches/{supply_batch_id}", flash=("info", _said(said, done.without_cost)))

    @get("/orders/{purchase_order_id:uuid}", permission="fulfillment.read")
    async def show_purchase(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Template:
        return await _purchase(request, purchase_order_id)

    @get("/orders/{purchase_order_id:uuid}/paper.pdf", permission="money.read")
    async def take_paper(self, purchase_order_id: FromPath[UUID]) -> Response[bytes]:
        number, content = await purchase_pdf(purchase_order_id)
        return file_answer(content, PDF, f"{number}.pdf")

    @get("/orders/{purchase_order_id:uuid}/table.xlsx", permission="money.read")
    async def take_table(self, purchase_order_id: FromPath[UUID]) -> Response[bytes]:
        number, content = await purchase_xlsx(purchase_order_id)
        return file_answer(content, XLSX, f"{number}.xlsx")

    @post("/orders/{purchase_order_id:uuid}/receipts", permission="fulfillment.write")
    async def receive(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Template | Redirect:
        values = form_values(await request.form())
        try:
            taken = await receive_goods(purchase_order_id, counts_of(values, "got_"), by=viewer_of(request).name)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _purchase(request, purchase_order_id, values, translate_errors(refusal, "got"))
        said = ngettext("%(num)s piece is here", "%(num)s pieces are here", taken, num=taken)
        return see_other(f"/purchasing/orders/{purchase_order_id}", flash=("ok" if taken else "info", said))

    @post("/orders/{purchase_order_id:uuid}/answers", permission="products.write")
    async def answer(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Template | Redirect:
        """The supplier told the store by telephone or mail."""
        values = form_values(await request.form())
        try:
            said = read_answer(values)
            await answer_purchase(
                purchase_order_id, version=said.version, accepted=said.accepted, words=said.words,
                by=viewer_of(request).name,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return await _purchase(request, purchase_order_id, values, translate_errors(refusal, "words"))
        return see_other(f"/purchasing/orders/{purchase_order_id}", flash=("ok", _("Saved")))


def file_answer(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


def _said(words: str, without_cost: tuple[str, ...]) -> str:
    if not without_cost:
        return words
    return f"{words}. {_('No cost was set for: %(titles)s', titles=', '.join(without_cost[:5]))}"


async def _index(request: AnyRequest, status: str, after: str, errors: dict[str, str] | None = None) -> Template:
    async with tenants.transaction():
        rows = await purchasing.purchases(status=status, after=after)
        counts = await purchasing.counts_by_status()
        waiting = await needs_until(now())
        names = await tenants.connection().fetch("SELECT id, name FROM supplier")
        campaigns = await tenants.connection().fetch(_CAMPAIGNS)
        setting = await purchasing.read_setting()
        batches = await purchasing.recent_batches(5)
    units = Counter[UUID]()
    for need in waiting:
        units[need.supplier] += need.quantity
    named = {row["id"]: row["name"] for row in names}
    return await show(
        request, "purchasing/index.html", status_code=422 if errors else 200, rows=rows, counts=counts, status=status,
        waiting=sorted((named[supplier], count) for supplier, count in units.items()), setting=setting,
        campaigns=[(str(row["id"]), row["title"]) for row in campaigns], batches=batches, words=purchasing.words,
        errors=errors or {},
    )  # fmt: skip


async def _purchase(
    request: AnyRequest, purchase_id: UUID, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    async with tenants.transaction():
        context = await purchase_context(purchase_id)
    return await show(
        request, "purchasing/purchase.html", status_code=422 if errors else 200, values=values or {},
        errors=errors or {}, **context,
    )  # fmt: skip


HANDLERS = [PurchasingController]
