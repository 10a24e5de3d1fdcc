"""Papers of an order: invoice and packing slip, as a page to print and as PDF; and what stands on them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import orders
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.order_documents import as_pdf, packing_slip, receipt_paper
from app.identity import viewer_of
from app.kernel.errors import InvalidInput
from app.kernel.forms import read_form
from app.kernel.i18n import LOCALES, current_locale, translate_fields
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from tenants import states


class SellerForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    legal_name: Annotated[str, msgspec.Meta(max_length=120)] = ""
    address: Annotated[str, msgspec.Meta(max_length=300)] = ""
    tax_number: Annotated[str, msgspec.Meta(max_length=40)] = ""
    closing_words: Annotated[str, msgspec.Meta(max_length=120)] = ""


class OrderDocumentController(Controller):
    path = "/orders/{number:str}"

    @post("/invoice", permission="orders.write")
    async def issue(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        """Give the order its invoice number; asking again finds the same one. Raises NotInvoiced."""
        async with tenants.transaction():
            order = await orders.lock((await orders.find_by_number(number)).id)
            await orders.issue_invoice(order, by=viewer_of(request).name)
        return see_other(f"/orders/{number}/invoice")

    @get("/invoice", permission="orders.read")
    async def show_invoice(self, number: FromPath[str], lang: FromQuery[str] = "") -> Template:
        return _page(await _invoice(number, lang), f"/orders/{number}", "invoice", lang)

    @get("/invoice.pdf", permission="orders.read")
    async def print_invoice(self, number: FromPath[str], lang: FromQuery[str] = "") -> Response[bytes]:
        return await _pdf(await _invoice(number, lang))

    @get("/packing-slip", permission="orders.read")
    async def show_packing_slip(self, number: FromPath[str], lang: FromQuery[str] = "") -> Template:
        return _page(await _slip(number, lang), f"/orders/{number}", "packing-slip", lang)

    @get("/packing-slip.pdf", permission="orders.read")
    async def print_packing_slip(self, number: FromPath[str], lang: FromQuery[str] = "") -> Response[bytes]:
        return await _pdf(await _slip(number, lang))


async def _invoice(number: str, lang: str) -> orders.Paper:
    """In the shopper's language, unless another one is asked for."""
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        return await receipt_paper(order, lang or order.locale)


async def _slip(number: str, lang: str) -> orders.Paper:
    """In the language of whoever packs."""
    async with tenants.transaction():
        return await packing_slip(await orders.find_by_number(number), lang or current_locale.get())


def _page(paper: orders.Paper, back: str, name: str, lang: str) -> Template:
    return page(
        "backoffice/orders/paper.html", paper=paper, back=back, here=f"{back}/{name}", lang=lang,
        languages=LOCALES,
    )  # fmt: skip


async def _pdf(paper: orders.Paper) -> Response[bytes]:
    return pdf_response(await as_pdf([paper]), f"{paper.kind}-{paper.number}.pdf")


def pdf_response(content: bytes, name: str) -> Response[bytes]:
    """Shown by the browser under a name of plain letters; private, so no cache keeps it."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


@get("/settings/documents", permission="settings.write")
async def show_settings(request: AnyRequest) -> Template:
    async with tenants.transaction():
        seller = await orders.read_seller()
    return await _settings(request, msgspec.structs.asdict(seller), {})


@post("/settings/documents", permission="settings.write")
async def change_settings(request: AnyRequest) -> Template | Redirect:
    """Invoices that are issued already keep what stood on them."""
    states.require(tenants.current(), "edit")
    try:
        form = await read_form(request, SellerForm)
    except InvalidInput as refusal:
        return await _settings(request, form_values(await request.form()), translate_fields(refusal))
    async with tenants.transaction():
        await orders.save_seller(orders.Seller(**msgspec.structs.asdict(form)))
    return see_other("/settings/documents", flash=("ok", _("Saved")))


async def _settings(request: AnyRequest, values: dict[str, Any], errors: dict[str, str]) -> Template:
    return await show(
        request, "settings/documents.html", status_code=422 if errors else 200, values=values, errors=errors
    )  # fmt: skip


HANDLERS = [OrderDocumentController, show_settings, change_settings]
