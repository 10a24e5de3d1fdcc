"""Refunds of one order: what went back and what did not, giving money back line by line, sending a failed one again."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, orders, payments
from app.backoffice import refund_form as form
from app.backoffice import refund_words as words
from app.backoffice.frame import AnyRequest, form_values, show
from app.flows.refund_unsent import ask_to_refund
from app.flows.refund_wish import RefundWish
from app.flows.request_refund import UnitsAtWarehouse, request_refund, retry_refund
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.formats import money
from app.kernel.i18n import N_, translate_fields, translate_refusal
from app.kernel.i18n import gettext as _
from app.kernel.money import CURRENCIES
from app.kernel.pages import see_other

ASKED = N_("The warehouse is asked to stop it. When it did, the money goes back; if it does not, an exception says so.")


class RefundController(Controller):
    path = "/orders/{number:str}/refunds"

    @get(permission="orders.read")
    async def index(self, request: AnyRequest, number: FromPath[str]) -> Template:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            lines = await orders.lines_of(order.id)
            refunds = await payments.refunds_of(order.id)
            parts = await payments.lines_of_refunds(order.id)
            stopping = await fulfillment.stopping(order.id)
            sources = {refund.payment: await payments.find(refund.payment) for refund in refunds}
        return await show(
            request, "refunds/index.html", order=order, refunds=refunds, parts=parts, lines=lines, sources=sources,
            words=words, stopping=stopping,
        )  # fmt: skip

    @get("/new", permission="refunds.write")
    async def new(self, request: AnyRequest, number: FromPath[str]) -> Template:
        """With what was typed in the address, it also shows what that comes to; nothing happens before it is sent."""
        order, rows = await form.order_to_refund(number)
        values = {name: text for name, text in request.query_params.items() if isinstance(text, str)}
        if not values:
            return await _form(request, order, rows, values)
        try:
            wish = form.read_wish(values, rows, order.currency)
            async with tenants.transaction():
                found = await form.preview(order, rows, wish)
        except InvalidInput as refusal:
            return await _form(request, order, rows, values, errors=translate_fields(refusal))
        return await _form(request, order, rows, values, wish=wish, found=found)

    @post(permission="refunds.write")
    async def create(self, request: AnyRequest, number: FromPath[str]) -> Template | Redirect:
        order, rows = await form.order_to_refund(number)
        values = form_values(await request.form())
        try:
            wish = form.read_wish(values, rows, order.currency)
            if values.get("sure") != "true":
                raise InvalidInput({"sure": N_("Tick the box to confirm.")})
            if values.get("stop") == "true":
                await ask_to_refund(order.id, _to_stop(order, wish, values), actor=viewer_of(request).name)
                return see_other(f"/orders/{number}/refunds", flash=("info", _(ASKED)))
            refunds = await request_refund(
                order.id, lines=wish.lines, freight_amount=wish.freight_amount, reason=wish.reason or "merchant",
                restock=wish.restock, into_credit=wish.into_credit,
            )  # fmt: skip
        except InvalidInput as refusal:
            return await _form(request, order, rows, values, errors=translate_fields(refusal))
        except UnitsAtWarehouse as refusal:
            return await _again(request, order, rows, values, translate_refusal(refusal), may_stop=True)
        except Refusal as refusal:
            return await _form(request, order, rows, values, refusal=translate_refusal(refusal))
        amount = money(sum(refund.amount for refund in refunds), order.currency)
        async with tenants.transaction():
            by_hand = await payments.only_by_hand(order.id)
        said = _("%(amount)s is on its way back")
        if wish.into_credit:
            said = _("%(amount)s is store credit now")
        elif by_hand:  # nobody but the store can send it
            said = _("Send %(amount)s to the shopper now and note it here")
        place = f"/orders/{number}" + ("#sent-1" if by_hand and not wish.into_credit else "/refunds")
        return see_other(place, flash=("info" if by_hand else "ok", said % {"amount": amount}))

    @post("/{refund_id:uuid}/retry", permission="refunds.write")
    async def send_again(self, number: FromPath[str], refund_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            if refund_id not in {refund.id for refund in await payments.refunds_of(order.id)}:
                raise NotFound
        await retry_refund(refund_id)
        return see_other(f"/orders/{number}/refunds", flash=("info", _("The refund is tried again")))


def _to_stop(order: orders.Order, wish: form.Wish, values: dict[str, str]) -> RefundWish:
    """What is wished after an answer is another wish, even if it says the same."""
    said = "&".join(f"{name}={text}" for name, text in sorted(values.items()) if text)
    return RefundWish(
        uuid5(order.id, f"{order.event_seq}:{said}"), wish.lines, wish.freight_amount, wish.reason or "merchant",
        wish.restock, wish.into_credit,
    )  # fmt: skip


async def _again(
    request: AnyRequest, order: orders.Order, rows: list[form.Row], values: dict[str, str], refusal: str, *,
    may_stop: bool,
) -> Template:  # fmt: skip
    """What was worked out stays, with the offer to ask the warehouse first."""
    wish = form.read_wish(values, rows, order.currency)
    async with tenants.transaction():
        found = await form.preview(order, rows, wish)
    return await _form(request, order, rows, values, refusal=refusal, wish=wish, found=found, may_stop=may_stop)


async def _form(
    request: AnyRequest,
    order: orders.Order,
    rows: list[form.Row],
    values: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    **more: Any,
) -> Template:
    async with tenants.transaction():
        by_hand = await payments.only_by_hand(order.id)
    return await show(
        request, "refunds/new.html", status_code=422 if errors or refusal else 200, order=order, rows=rows,
        values=values, errors=errors or {}, refusal=refusal, symbol=CURRENCIES[order.currency].symbol, words=words,
        by_hand=by_hand, **more,
    )  # fmt: skip


HANDLERS = [RefundController]
