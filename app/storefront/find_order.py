"""Whoever bought without an account finds the order again, and looks at it for a while."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from app import identity, orders
from app.flows.find_order import NoSuchOrder, find_order, look, mail_link
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
MAILED = N_("The link is on its way to the e-mail address of the order.")
Typed = Annotated[str, msgspec.Meta(max_length=60)]


class FindForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    number: Typed = ""
    phone: Typed = ""


class FindOrderController(Controller):
    path = "/find-order"

    @get(permission="public")
    async def ask(self, request: AnyRequest) -> Template:
        await identity.visit_or_none(request)
        return _form(FindForm())

    @post(permission="public", csrf="origin")
    async def find(self, request: AnyRequest) -> Redirect | Template:
        """The own order of this browser is opened as it is; what was found, for a while. Raises TooManyTries."""
        form = await read_form(request, FindForm)
        try:
            order = await find_order(form.number, form.phone, address=identity.client_address(request))
        except NoSuchOrder as refusal:
            return _form(form, refusal)
        visit = await identity.ensure_visit(request)
        if order.belongs_to(visit.visitor_id, visit.customer_id):
            return see_other(f"/orders/{order.number}")
        return see_other(f"/find-order/{orders.ticket_for(order.id, visit.visitor_id, now())}")

    @get("/{order_ticket:str}", permission="public")
    async def show(self, request: AnyRequest, order_ticket: FromPath[str]) -> Template:
        found = await look(await _order_of(request, order_ticket))
        by_mail = bool(found.order.email and settings().smtp_url)
        return page(
            "storefront/orders/found.html", headers=PRIVATE, found=found, order=found.order, lines=found.lines,
            parcels=found.parcels, ticket=order_ticket, by_mail=by_mail, tab="me",
            minutes=int(orders.TICKET_LIFE.total_seconds()) // 60,
        )  # fmt: skip

    @post("/{order_ticket:str}/link", permission="public")
    async def send_link(self, request: AnyRequest, order_ticket: FromPath[str]) -> Redirect:
        """Raises TooManyTries."""
        order_id = await _order_of(request, order_ticket)
        await limits.take(limits.ORDER_LINK, str(order_id))
        await mail_link(order_id)
        return see_other(f"/find-order/{order_ticket}", flash=("ok", _(MAILED)))


async def _order_of(request: AnyRequest, ticket: str) -> UUID:
    """Raises NotFound for a ticket that is over, made up, or another browser's."""
    visit = await identity.visit_or_none(request)
    order_id = orders.order_of_ticket(ticket, visit.visitor_id, now()) if visit else None
    if order_id is None:
        raise NotFound
    return order_id


def _form(form: FindForm, refusal: NoSuchOrder | None = None) -> Template:
    return page(
        "storefront/orders/find.html", status_code=refusal.status if refusal else 200, headers=PRIVATE,
        values=msgspec.structs.asdict(form), refusal=translate_refusal(refusal) if refusal else "", tab="me",
    )  # fmt: skip
