"""Work on one order: correct it before it is sent, leave notes and tags, read everything that happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid5

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, orders
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import edit_order, postal_address
from app.flows.order_timeline import timeline_of
from app.flows.request_refund import request_refund
from app.flows.stop_work_order import ask_to_readdress
from app.identity import Viewer, allows, viewer_of
from app.kernel.errors import Forbidden, InvalidInput, NotFound, Refusal
from app.kernel.forms import read_form
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.payments import RefundLine

CHANGED = N_("The change is saved")
ASKED = N_("The warehouse is asked to stop the order; it then leaves again with the new address")


class AddressForm(postal_address.AddressForm, forbid_unknown_fields=True, kw_only=True):
    """As the shopper filled it in at checkout; the country stays the one that was ordered to."""

    seen: int


class RemarkForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    seen: int
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""


class NoteForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=orders.LONGEST_NOTE)]


class TagsForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    tags: Annotated[str, msgspec.Meta(max_length=500)] = ""


class OrderDeskController(Controller):
    path = "/orders/{number:str}"

    @get("/edit", permission="orders.write")
    async def edit(self, request: AnyRequest, number: FromPath[str]) -> Template:
        return await _edit_page(request, number)

    @post("/address", permission="orders.write")
    async def change_address(self, request: AnyRequest, number: FromPath[str]) -> Redirect | Template:
        try:
            form = await read_form(request, AddressForm)
            order = await _find(number)
            ship_to = _address(form, order)
            asked = await _readdress(order, form, ship_to, viewer_of(request).name)
        except Refusal as refusal:
            return await _edit_page(request, number, refusal)
        return see_other(f"/orders/{number}", flash=("info", _(ASKED)) if asked else ("ok", _(CHANGED)))

    @post("/note", permission="orders.write")
    async def change_note(self, request: AnyRequest, number: FromPath[str]) -> Redirect | Template:
        try:
            form = await read_form(request, RemarkForm)
            order = await _find(number)
            await edit_order.edit_note(order.id, form.seen, form.note, actor=viewer_of(request).name)
        except Refusal as refusal:
            return await _edit_page(request, number, refusal)
        return see_other(f"/orders/{number}", flash=("ok", _(CHANGED)))

    @post("/quantities", permission="orders.write")
    async def lower_quantities(self, request: AnyRequest, number: FromPath[str]) -> Redirect | Template:
        """Fewer goods: of an unpaid order a new sum, of a paid one a refund of that part."""
        values = form_values(await request.form())
        try:
            order = await _find(number)
            seen, wanted = _read_quantities(values)
            if order.is_paid:
                await _give_back(order, seen, wanted, viewer_of(request))
            else:
                await edit_order.reduce_unpaid(order.id, seen, wanted, actor=viewer_of(request).name)
        except Refusal as refusal:
            return await _edit_page(request, number, refusal)
        return see_other(f"/orders/{number}", flash=("ok", _(CHANGED)))

    @post("/notes", permission="orders.note")
    async def add_note(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        form = await read_form(request, NoteForm)
        viewer = viewer_of(request)
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            await orders.add_note(order.id, form.text, author=viewer.id, author_name=viewer.name)
        return see_other(f"/orders/{number}#notes", flash=("ok", _("The note is saved")))

    @post("/tags", permission="orders.note")
    async def set_tags(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        form = await read_form(request, TagsForm)
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            await orders.set_tags(order.id, orders.read_tags(form.tags))
        return see_other(f"/orders/{number}#notes", flash=("ok", _("The tags are saved")))

    @get("/timeline", permission="orders.read")
    async def show_timeline(self, request: AnyRequest, number: FromPath[str]) -> Template:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            entries = await timeline_of(order, for_shopper=False)
        return await show(request, "orders/timeline.html", order=order, entries=entries)


async def _readdress(order: orders.Order, form: AddressForm, ship_to: dict[str, str], actor: str) -> bool:
    """Where a warehouse has the order already, it is asked to give it back first. True when it was asked."""
    try:
        await edit_order.edit_address(order.id, form.seen, ship_to, phone=form.phone, actor=actor)
    except edit_order.AtTheWarehouse:
        return await ask_to_readdress(order.id, ship_to, phone=form.phone, actor=actor)
    return False


async def _find(number: str) -> orders.Order:
    async with tenants.transaction():
        return await orders.find_by_number(number)


async def _give_back(order: orders.Order, seen: int, wanted: Mapping[UUID, int], viewer: Viewer) -> None:
    """The page seen last names the edit, so one that is repeated gives nothing back twice."""
    if not allows(viewer.realm, viewer.role, "refunds.write"):
        raise Forbidden
    gone = await edit_order.require_reducible(order.id, seen, wanted)
    lines = [RefundLine(line.id, quantity=units) for line, units in gone]
    await request_refund(order.id, lines=lines, reason=edit_order.CAUSE, source_id=uuid5(order.id, f"edit:{seen}"))
    await edit_order.record_reduction(order.id, gone, actor=viewer.name)


def _address(form: AddressForm, order: orders.Order) -> dict[str, str]:
    """The address to keep, in the country it was ordered to. Raises InvalidInput for what is missing there."""
    given = msgspec.structs.replace(form, country=_country(order))
    if wrong := postal_address.check_address(given):
        raise InvalidInput(wrong)
    return postal_address.as_ship_to(given)


def _country(order: orders.Order) -> str:
    return order.ship_to.get("country") or postal_address.country_of(order.currency)


def _read_quantities(values: Mapping[str, str]) -> tuple[int, dict[UUID, int]]:
    """Raises InvalidInput."""
    wanted: dict[UUID, int] = {}
    try:
        for name, value in values.items():
            if name.startswith("quantity-"):
                wanted[UUID(name.removeprefix("quantity-"))] = int(value)
        return int(values.get("seen", "")), wanted
    except ValueError as error:
        raise InvalidInput({"": N_("Enter a whole number within the allowed range.")}) from error


async def _edit_page(request: AnyRequest, number: str, refusal: Refusal | None = None) -> Template:
    """The order's forms; after a refusal with what was typed and what is in the way. Raises NotFound."""
    if isinstance(refusal, NotFound):
        raise refusal
    typed = form_values(await request.form()) if refusal else {}
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        lines = await edit_order.standing_lines(order.id)
        sent = await fulfillment.may_be_there(order.id)
    values: dict[str, Any] = {
        **order.ship_to,
        "phone": order.phone or order.ship_to.get("phone", ""),
        "note": order.note,
    }
    errors = translate_fields(refusal) if isinstance(refusal, InvalidInput) else {}
    return await show(
        request, "orders/edit.html", status_code=refusal.status if refusal else 200, order=order, lines=lines,
        values=values | typed, errors=errors, sent=sent, closed=_is_closed(order),
        parts=postal_address.parts_of(_country(order)), country=postal_address.COUNTRIES.get(_country(order)),
        refusal=translate_refusal(refusal) if refusal else "",
    )  # fmt: skip


def _is_closed(order: orders.Order) -> bool:
    return order.status != "placed" or order.fulfillment_status != "unfulfilled"


HANDLERS = [OrderDeskController]
