"""A shopper takes units out of an order that goes on, as long as they have not left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, orders
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.refund_unsent import ask_to_refund
from app.flows.request_refund import UnitsAtWarehouse, request_refund
from app.flows.stop_work_order import ask_to_stop_order
from app.flows.unwanted_units import Unwanted, read_unwanted, unsent_of
from app.flows.work_order_steps import TooLateToStop
from app.kernel.errors import NotFound, Refusal
from app.kernel.formats import money
from app.kernel.i18n import N_, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import page, see_other
from app.storefront.whose import order_address, order_of_visitor

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
UNITS = "units_"
TAKEN_OUT = N_("They are taken out. %(amount)s goes back the way you paid; the rest is sent as ordered.")
ASKED = N_("We asked the warehouse to take them out. When it does, your money for them goes back.")
CALLED_OFF = N_("You wanted nothing of it, so the order is called off. What you paid goes back the way it came.")
ASKED_ALL = N_(
    "You want nothing of it, so we asked the warehouse to stop the whole order. When it does, it is canceled."
)
ON_ITS_WAY = N_("A part of this parcel has left already. When it has arrived, you can send back what you do not want.")


class UnwantedController(Controller):
    path = "/orders/{number:str}/unwanted"

    @get(permission="public")
    async def choose(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        """With units in the address, it also says what goes back for them; nothing happens before it is sent."""
        order = await order_of_visitor(request, number, key)
        values = {name: text for name, text in request.query_params.items() if name.startswith(UNITS)}
        if not values:
            return await _page(order, key, values)
        try:
            return await _page(order, key, values, found=await read_unwanted(order.id, _units(values)))
        except Refusal as refusal:
            return await _page(order, key, values, refusal)

    @post(permission="public")
    async def take_out(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = ""
    ) -> Redirect | Template:
        order = await order_of_visitor(request, number, key)
        values = {name: str(text) for name, text in (await request.form()).multi_items() if name.startswith(UNITS)}
        try:
            wished = await read_unwanted(order.id, _units(values))
            kind, said = await _do(order, wished)
        except NotFound:
            raise
        except Refusal as refusal:
            return await _page(order, key, values, refusal)
        return see_other(order_address(order), flash=(kind, said))


async def _do(order: orders.Order, wished: Unwanted) -> tuple[str, str]:
    """At once where nobody has the goods; else their warehouses are asked first."""
    if wished.everything:
        return await _call_off(order)
    wish = wished.wish
    try:
        await request_refund(
            order.id, lines=wish.lines, reason=wish.reason, source_id=wish.source, unsent_only=wish.unsent_only
        )
    except UnitsAtWarehouse:
        await ask_to_refund(order.id, wish, actor="shopper")
        return "info", _(ASKED)
    return "ok", _(TAKEN_OUT, amount=money(wished.amount, order.currency))


async def _call_off(order: orders.Order) -> tuple[str, str]:
    try:
        await cancel_order(order.id, actor="shopper")
    except TooLateToCancel:
        await ask_to_stop_order(order.id, actor="shopper", cause="canceled_by_shopper")
        return "info", _(ASKED_ALL)
    return "ok", _(CALLED_OFF)


def _units(values: Mapping[str, str]) -> dict[UUID, int]:
    """Fields are named after order lines; what is none is not wished for."""
    units: dict[UUID, int] = {}
    for name, text in values.items():
        count = text.strip()
        try:
            line = UUID(name.removeprefix(UNITS))
        except ValueError:
            continue
        if count.isascii() and count.isdecimal():
            units[line] = int(count[:6])
    return units


async def _page(
    order: orders.Order, key: str, values: Mapping[str, str], refusal: Refusal | None = None,
    *, found: Unwanted | None = None,
) -> Template:  # fmt: skip
    async with tenants.transaction():
        order = await orders.find(order.id)
        unsent = await unsent_of(order)
        packing = {line for line, _place in await fulfillment.packing(order.id)}
        stopping = await fulfillment.stopping(order.id)
    said = translate_refusal(refusal) if refusal else ""
    if isinstance(refusal, TooLateToStop):  # its own words are for the store
        said = _(ON_ITS_WAY)
    return page(
        "storefront/orders/unwanted.html", headers=PRIVATE, status_code=refusal.status if refusal else 200,
        order=order, key=key, values=values, unsent=unsent, packing=packing, stopping=stopping, found=found,
        refusal=said, tab="me",
    )  # fmt: skip
