"""Holding one order back, and letting it go: buttons on its page and in the queue of exceptions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Controller, post
from litestar.params import FromPath
from litestar.response import Redirect

import tenants
from app import orders
from app.backoffice.frame import AnyRequest
from app.flows import hold_orders
from app.identity import viewer_of
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other


class HoldForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    words: Annotated[str, msgspec.Meta(max_length=300)] = ""


class ReleaseForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Nothing means whatever holds it."""

    kind: Literal["", "address", "blocked_region", "fraud", "amount", "first_order", "cooling", "manual"] = ""


class OrderHoldController(Controller):
    path = "/orders/{number:str}/holds"

    @post(permission="fulfillment.write")
    async def hold(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        form, order = await read_form(request, HoldForm), await _find(number)
        await hold_orders.hold_order(order.id, form.words, by=viewer_of(request).name)
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("Held back")))

    @post("/release", permission="fulfillment.write")
    async def release(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        form, order = await read_form(request, ReleaseForm), await _find(number)
        await hold_orders.release_order(order.id, [form.kind] if form.kind else None, by=viewer_of(request).name)
        return see_other(f"/orders/{number}#delivery", flash=("ok", _("Let go")))


async def _find(number: str) -> orders.Order:
    async with tenants.transaction():
        return await orders.find_by_number(number)


HANDLERS = [OrderHoldController]
