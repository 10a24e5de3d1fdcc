"""The shopper's receipt, as a page to print and as PDF; open like the order itself."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath, FromQuery
from litestar.response import Template

import tenants
from app.flows.order_documents import as_pdf, receipt_paper
from app.kernel.i18n import current_locale
from app.kernel.pages import page
from app.storefront.orders import PRIVATE
from app.storefront.whose import order_address, order_of_visitor

AnyRequest = Request[Any, Any, Any]


class ReceiptController(Controller):
    path = "/orders/{number:str}"

    @get("/receipt", permission="public")
    async def show(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        order = await order_of_visitor(request, number, key)
        async with tenants.transaction():
            paper = await receipt_paper(order, current_locale.get())
        return page(
            "storefront/orders/receipt.html", headers=PRIVATE, paper=paper,
            back=order_address(order), pdf=order_address(order, "/receipt.pdf"),
        )  # fmt: skip

    @get("/receipt.pdf", permission="public")
    async def show_pdf(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Response[bytes]:
        order = await order_of_visitor(request, number, key)
        async with tenants.transaction():
            paper = await receipt_paper(order, current_locale.get())
        name = {"Content-Disposition": f'inline; filename="{paper.kind}-{paper.number}.pdf"'}
        return Response(await as_pdf([paper]), media_type="application/pdf", headers=PRIVATE | name)
