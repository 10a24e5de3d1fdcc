"""A shopper sends an order to another address, as long as it has not left."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, orders
from app.flows import edit_order
from app.flows import postal_address as addresses
from app.flows.shopper_address import NoAddressToChange, may_change
from app.flows.stop_work_order import ask_to_readdress
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.storefront.whose import order_address, order_of_visitor

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
CHANGED = N_("Your order goes to the new address.")
ASKED = N_("We asked the warehouse. When it agrees, your order leaves to the new address.")


class AddressForm(addresses.AddressForm, forbid_unknown_fields=True, kw_only=True):
    """`seen` is the order as the page showed it; the country stays the one that was ordered to."""

    seen: int


class OrderAddressController(Controller):
    path = "/orders/{number:str}/address"

    @get(permission="public")
    async def edit(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        order = await order_of_visitor(request, number, key)
        return await _page(order, key, {**order.ship_to, "phone": order.phone or order.ship_to.get("phone", "")})

    @post(permission="public")
    async def change(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Redirect | Template:
        """At once while no warehouse has it; otherwise its warehouse is asked first."""
        order = await order_of_visitor(request, number, key)
        form = await read_form(request, AddressForm)
        form.country = order.ship_to.get("country", "")
        try:
            asked = await _change(order, form)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(order, key, msgspec.structs.asdict(form), refusal)
        return see_other(order_address(order), flash=("info", _(ASKED)) if asked else ("ok", _(CHANGED)))


async def _change(order: orders.Order, form: AddressForm) -> bool:
    """True when a warehouse was asked. Raises InvalidInput, and what the flows raise."""
    if not form.country:
        raise NoAddressToChange
    if wrong := addresses.check_address(form):
        raise InvalidInput(wrong)
    ship_to = addresses.as_ship_to(form)
    try:
        await edit_order.edit_address(order.id, form.seen, ship_to, phone=form.phone, actor="shopper")
    except edit_order.AtTheWarehouse:
        return await ask_to_readdress(order.id, ship_to, phone=form.phone, actor="shopper")
    return False


async def _page(order: orders.Order, key: str, values: dict[str, Any], refusal: Refusal | None = None) -> Template:
    """The form; after a refusal with what was typed and what is in the way."""
    async with tenants.transaction():
        order = await orders.find(order.id)
        open_to_change = may_change(order, await orders.lines_of(order.id))
        sent = await fulfillment.may_be_there(order.id)
        stopping = await fulfillment.stopping(order.id)
    errors = translate_fields(refusal) if isinstance(refusal, InvalidInput) else {}
    return page(
        "storefront/orders/address.html", headers=PRIVATE, status_code=refusal.status if refusal else 200,
        order=order, key=key, values=values, errors=errors, countries=addresses.COUNTRIES, sent=sent,
        parts=addresses.parts_of(values.get("country", "")), closed=not open_to_change, stopping=stopping,
        refusal=translate_refusal(refusal) if refusal and not errors else "", tab="me",
    )  # fmt: skip
