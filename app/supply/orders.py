"""Purchase orders of a supplier: read, taken away, accepted in full or in part, refused, and made smaller."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import purchasing
from app.flows.answer_purchase import answer_change, answer_purchase
from app.flows.purchase_pages import purchase_context, read_answer
from app.flows.purchase_papers import PDF, XLSX, purchase_data, purchase_pdf, purchase_xlsx
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.i18n import translate_errors
from app.kernel.pages import page, see_other
from app.supply.frame import AnyRequest, Place, enter, file_answer, form_values


class ChangeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    act: Literal["agree", "decline"]
    words: Annotated[str, msgspec.Meta(max_length=500)] = ""


class PurchaseOrderController(Controller):
    path = "/purchase-orders"

    @get(permission="signed_in")
    async def index(self, request: AnyRequest, status: FromQuery[str] = "", after: FromQuery[str] = "") -> Template:
        place = await enter(request)
        status = status if status in purchasing.STATUSES else ""
        async with tenants.transaction():
            rows = await purchasing.purchases(supplier=place.supplier, status=status, after=after)
            counts = await purchasing.counts_by_status(place.supplier)
        return page(
            "supply/orders/index.html", place=place, rows=rows, counts=counts, status=status, words=purchasing.words
        )

    @get("/{purchase_order_id:uuid}", permission="signed_in")
    async def look(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Template:
        return await _show(await enter(request), purchase_order_id)

    @get("/{purchase_order_id:uuid}/paper.pdf", permission="signed_in")
    async def take_paper(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Response[bytes]:
        place = await enter(request)
        number, content = await purchase_pdf(purchase_order_id, supplier=place.supplier)
        return file_answer(content, PDF, f"{number}.pdf")

    @get("/{purchase_order_id:uuid}/table.xlsx", permission="signed_in")
    async def take_table(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Response[bytes]:
        place = await enter(request)
        number, content = await purchase_xlsx(purchase_order_id, supplier=place.supplier)
        return file_answer(content, XLSX, f"{number}.xlsx")

    @get("/{purchase_order_id:uuid}/data.json", permission="signed_in")
    async def take_data(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Response[bytes]:
        """For the supplier's own program."""
        place = await enter(request)
        data = await purchase_data(purchase_order_id, supplier=place.supplier)
        return Response(msgspec.json.encode(data), media_type="application/json", headers={"Cache-Control": "no-store"})

    @post("/{purchase_order_id:uuid}/answers", permission="signed_in")
    async def answer(self, request: AnyRequest, purchase_order_id: FromPath[UUID]) -> Template | Redirect:
        place, values = await enter(request), form_values(await request.form())
        try:
            said = read_answer(values)
            await answer_purchase(
                purchase_order_id, version=said.version, accepted=said.accepted, words=said.words,
                by=viewer_of(request).name, supplier=place.supplier,
            )  # fmt: skip
        except NotFound:
            raise
        except Refusal as refusal:
            return await _show(place, purchase_order_id, values, translate_errors(refusal, "words"))
        return see_other(f"/purchase-orders/{purchase_order_id}", flash=("ok", _("Your answer is with the store")))

    @post("/changes/{purchase_change_id:uuid}", permission="signed_in")
    async def answer_for_fewer(self, request: AnyRequest, purchase_change_id: FromPath[UUID]) -> Template | Redirect:
        place = await enter(request)
        async with tenants.transaction():
            change = await purchasing.find_change(purchase_change_id)
            purchase = await purchasing.find_purchase(change.purchase_order, supplier=place.supplier)
        try:
            form = await read_form(request, ChangeForm)
            await answer_change(
                purchase_change_id, agreed=form.act == "agree", words=form.words, by=viewer_of(request).name,
                supplier=place.supplier,
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _show(place, purchase.id, {}, translate_errors(refusal, "words"))
        return see_other(f"/purchase-orders/{purchase.id}", flash=("ok", _("Your answer is with the store")))


async def _show(
    place: Place, purchase_id: UUID, values: dict[str, str] | None = None, errors: dict[str, str] | None = None
) -> Template:
    async with tenants.transaction():
        await purchasing.find_purchase(purchase_id, supplier=place.supplier)
        context: dict[str, Any] = await purchase_context(purchase_id)
    return page(
        "supply/orders/show.html", status_code=422 if errors else 200, place=place, values=values or {},
        errors=errors or {}, **context,
    )  # fmt: skip


HANDLERS = [PurchaseOrderController]
