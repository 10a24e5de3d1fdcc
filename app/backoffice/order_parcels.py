"""Deeds about parcels of one order: what a warehouse misses, and sending a parcel again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal
from uuid import UUID, uuid5

import msgspec
from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import fulfillment, orders
from app.backoffice.frame import AnyRequest
from app.flows.propose_substitution import propose_substitution, withdraw_substitution
from app.flows.request_refund import NothingToRefund, request_refund
from app.flows.reship_parcel import reship_parcel
from app.flows.settle_short import NothingMissing, leave_out_missing, missing_of, reroute_short
from app.identity import viewer_of
from app.kernel.errors import NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other
from app.payments import RefundLine


class ReshipForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    reason: Literal["lost", "damaged", "returned", "wrong_goods", "other"]
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


class OfferForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    line: UUID
    variant: UUID
    hours: Literal["24", "48", "72"] = "48"


class OrderParcelController(Controller):
    path = "/orders/{number:str}"

    @post("/work-orders/{work_order_id:uuid}/missing/rerouting", permission="fulfillment.write")
    async def reroute(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        await _missing(number, work_order_id)
        await reroute_short(work_order_id, by=viewer_of(request).name)
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("Another warehouse sends what was missing")))

    @post("/work-orders/{work_order_id:uuid}/missing/refund", permission="refunds.write")
    async def give_back(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        """Money for exactly the units that are missing; pressed twice it is one refund. Gifts and the like, for which
        there is none, are left out.
        """
        order, missing = await _missing(number, work_order_id)
        if not missing:
            raise NothingMissing
        lines = [RefundLine(line, units) for line, units in missing.items()]
        try:
            await request_refund(order.id, lines=lines, reason="short_pick", source_id=wish_of(work_order_id, missing))
        except NothingToRefund:
            await leave_out_missing(work_order_id, by=viewer_of(request).name)
            return see_other(f"/orders/{number}#delivery", flash=("ok", _("What was missing is left out")))
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("The money for what was missing goes back")))

    @post("/work-orders/{work_order_id:uuid}/missing/substitution", permission="refunds.write")
    async def offer(self, request: AnyRequest, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        order, _units = await _missing(number, work_order_id)
        form, by = await read_form(request, OfferForm), viewer_of(request).name
        await propose_substitution(
            order.id, work_order_id, line=form.line, variant=form.variant, hours=int(form.hours), by=by
        )
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("The shopper is asked")))

    @post("/substitutions/{substitution_id:uuid}/withdrawal", permission="refunds.write")
    async def take_back(self, request: AnyRequest, number: FromPath[str], substitution_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
        await withdraw_substitution(order.id, substitution_id, by=viewer_of(request).name)
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("Offer taken back")))

    @post("/parcels/{parcel_id:uuid}/reship", permission="fulfillment.write")
    async def reship(self, request: AnyRequest, number: FromPath[str], parcel_id: FromPath[UUID]) -> Redirect:
        form = await read_form(request, ReshipForm)
        async with tenants.transaction():
            order = await orders.find_by_number(number)
        again = await reship_parcel(
            order.id, parcel_id, reason=form.reason, words=form.words, by=viewer_of(request).name
        )  # fmt: skip
        return see_other(
            f"/orders/{again}", flash=("ok", _("Sent again as %(number)s; nothing is charged", number=again))
        )


def wish_of(work_order: UUID, missing: Mapping[UUID, int]) -> UUID:
    """One wish for these lines, however often it is pressed; each line of a work order is decided about once."""
    return uuid5(work_order, "missing:" + ",".join(sorted(map(str, missing))))


async def _missing(number: str, work_order_id: UUID) -> tuple[orders.Order, dict[UUID, int]]:
    """Raises NotFound for work orders of other orders."""
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        found = [one for one in await fulfillment.work_orders_of(order.id) if one.id == work_order_id]
        if not found:
            raise NotFound
        return order, await missing_of(found[0])


HANDLERS = [OrderParcelController]
