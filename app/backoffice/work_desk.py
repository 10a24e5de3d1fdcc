"""The work orders of one order: divide them, join them, send them from elsewhere, hold them, let them go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, orders
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows import split_work_order as splitting
from app.flows.release_work_order import release_work_order
from app.flows.stop_work_order import ask_to_stop
from app.flows.ways_back import choose_way_back
from app.fulfillment import Purpose, Way
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

_LINES = """
SELECT wanted.fulfillment_order, wanted.order_line, wanted.quantity, line.title, line.variant_title, line.image_key
FROM fulfillment_order_line AS wanted JOIN order_line AS line ON line.id = wanted.order_line
WHERE wanted.fulfillment_order = ANY($1::uuid[]) ORDER BY line.line_number
"""
WAYS: Mapping[str, tuple[Way, str]] = {
    "return": ("return", N_("The shopper is told; a return is opened as soon as the parcel has left")),
    "at-the-door": ("at_the_door", N_("The shopper is told not to accept the parcel; once it is back, the money goes")),
}
STOPPABLE = ("open", "on_hold", "submitted", "accepted")


class MergeForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    other: UUID


class MoveForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse: UUID


class WorkDeskController(Controller):
    path = "/orders/{number:str}/shipping"

    @get(permission="fulfillment.read")
    async def index(self, request: AnyRequest, number: FromPath[str]) -> Template:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            known = await fulfillment.work_orders_of(order.id)
            lines = [dict(row) for row in await tenants.connection().fetch(_LINES, [each.id for each in known])]
            places = {place.id: place for place in await fulfillment.warehouses()}
            open_ones = await fulfillment.exceptions_of(order.id)
        return await show(
            request, "orders/shipping.html", order=order, work_orders=known, lines=lines, places=places,
            exceptions=open_ones, stoppable=STOPPABLE,
        )  # fmt: skip

    @post("/{work_order_id:uuid}/split", permission="fulfillment.write")
    async def split(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        """The chosen units get a work order of their own. With `rest` the others go now and these wait."""
        values = form_values(await request.form())
        await _own(number, work_order_id)
        seen, units = _read_units(values)
        reference = await splitting.split_work_order(
            work_order_id, seen, units, actor=viewer_of(request).name, rest_waits=values.get("act") == "partial"
        )
        return _back(number, _("%(reference)s is new", reference=reference))

    @post("/{work_order_id:uuid}/merge", permission="fulfillment.write")
    async def merge(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, MergeForm)
        await _own(number, work_order_id)
        await _own(number, form.other)
        await splitting.merge_work_orders(work_order_id, form.other, actor=viewer_of(request).name)
        return _back(number, _("They are one work order now"))

    @post("/{work_order_id:uuid}/move", permission="fulfillment.write")
    async def move(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, MoveForm)
        await _own(number, work_order_id)
        async with tenants.transaction():
            await fulfillment.warehouse(form.warehouse)
        return await _stop(request, number, work_order_id, "move", {"warehouse": str(form.warehouse)})

    @post("/{work_order_id:uuid}/hold", permission="fulfillment.write")
    async def hold(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        await _own(number, work_order_id)
        return await _stop(request, number, work_order_id, "hold", {})

    @post("/{work_order_id:uuid}/release", permission="fulfillment.write")
    async def release(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        await _own(number, work_order_id)
        await release_work_order(work_order_id, actor=viewer_of(request).name)
        return _back(number, _("It goes to its warehouse"))


@post("/orders/{number:str}/work-orders/{work_order_id:uuid}/way-back/{way:str}", permission="refunds.write")
async def choose_way(
    request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID], way: FromPath[str]
) -> Redirect:
    """The warehouse refused to stop it: how the goods come back. Raises NothingRefused."""
    await _own(number, work_order_id)
    if way not in WAYS:
        raise NotFound
    chosen, said = WAYS[way]
    await choose_way_back(work_order_id, chosen, by=viewer_of(request).name)
    return see_other(f"/orders/{number}", flash=("ok", _(said)))


async def _stop(
    request: AnyRequest, number: str, work_order_id: UUID, purpose: Purpose, params: Mapping[str, Any]
) -> Redirect:
    if await ask_to_stop(work_order_id, purpose, params, actor=viewer_of(request).name):
        return _back(number, _("Done"))
    return see_other(f"/orders/{number}/shipping", flash=("info", _("The warehouse is asked to stop it first")))


async def _own(number: str, work_order_id: UUID) -> None:
    """Raises NotFound for a work order of another order."""
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        if work_order_id not in {each.id for each in await fulfillment.work_orders_of(order.id)}:
            raise NotFound


def _read_units(values: Mapping[str, str]) -> tuple[int, dict[UUID, int]]:
    """Raises InvalidInput."""
    try:
        units = {UUID(name[6:]): int(text or 0) for name, text in values.items() if name.startswith("units-")}
        return int(values.get("seen", "")), units
    except ValueError:
        raise InvalidInput({"units": "Enter a whole number."}) from None


def _back(number: str, said: str) -> Redirect:
    return see_other(f"/orders/{number}/shipping", flash=("ok", said))


HANDLERS = [WorkDeskController, choose_way]
