"""Money that passes through people's hands: confirming what came, and saying what was sent back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

import tenants
from app import orders, payments
from app.backoffice import queries_by_hand as queries
from app.backoffice.frame import AnyRequest, show
from app.flows.confirm_payment import Receipt, confirm_payment, confirm_refund
from app.flows.refuse_cash import refuse_cash
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import N_
from app.kernel.i18n import gettext as _
from app.kernel.money import InvalidAmount, parse_amount
from app.kernel.pages import see_other

OUTCOMES = {
    "paid": ("ok", N_("Confirmed: the order is paid")),
    "partially_paid": ("ok", N_("Confirmed: a part of the order is paid")),
    "late": ("info", N_("The order was over already; the money has to go back, see its refund")),
    "refunded": ("ok", N_("Noted: the money is back with the shopper")),
}
NOTHING_NEW = ("info", N_("Nothing to do: this was known already"))


class ReceiptForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    amount: Annotated[str, msgspec.Meta(max_length=40)]
    day: date
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""


class SentForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    reference: Annotated[str, msgspec.Meta(max_length=100)] = ""
    day: date


@get("/money-by-hand", permission="refunds.write")
async def show_money_by_hand(request: AnyRequest) -> Template:
    """What to compare with the bank account."""
    async with tenants.transaction():
        expected, owed = await queries.expected(), await queries.owed()
    return await show(request, "by_hand/index.html", expected=expected, owed=owed)


class ByHandController(Controller):
    path = "/orders/{number:str}"

    @post("/payments/{payment_number:str}/receipt", permission="refunds.write")
    async def receive(self, request: AnyRequest, number: FromPath[str], payment_number: FromPath[str]) -> Redirect:
        """Raises AlreadyConfirmed, InvalidInput."""
        form = await read_form(request, ReceiptForm)
        provider, currency = await _payment(number, payment_number)
        receipt = Receipt(_amount(form.amount, currency), form.day, form.note)
        state = await confirm_payment(payment_number, receipt, by=viewer_of(request))
        return _back(number, await settle_payment(state, source=provider))

    @post("/payments/{payment_number:str}/refusal", permission="refunds.write")
    async def refuse(self, request: AnyRequest, number: FromPath[str], payment_number: FromPath[str]) -> Redirect:
        """The parcel was not taken. Raises NotWaitingForCash."""
        await _payment(number, payment_number)
        await refuse_cash(payment_number, actor=viewer_of(request).name)
        return see_other(f"/orders/{number}", flash=("ok", _("The order is canceled; nobody owes anything")))

    @post("/refunds/{refund_number:str}/sent", permission="refunds.write")
    async def send_back(self, request: AnyRequest, number: FromPath[str], refund_number: FromPath[str]) -> Redirect:
        """Raises AlreadyConfirmed, InvalidInput."""
        form = await read_form(request, SentForm)
        provider, _currency = await _payment(number, refund_number.rpartition("-R")[0])
        state = await confirm_refund(refund_number, reference=form.reference, day=form.day, by=viewer_of(request))
        return _back(number, await settle_refund(state, source=provider))


async def _payment(number: str, payment_number: str) -> tuple[str, str]:
    """Provider and currency of a payment of this very order. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.find_by_number(number)
        payment = await payments.find_by_number(payment_number)
    if payment.order_id != order.id:
        raise NotFound
    return payment.provider, payment.currency


def _amount(text: str, currency: str) -> int:
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        raise InvalidInput({"amount": error.message}) from error


def _back(number: str, outcome: str) -> Redirect:
    kind, words = OUTCOMES.get(outcome, NOTHING_NEW)
    return see_other(f"/orders/{number}", flash=(kind, _(words)))


HANDLERS = [show_money_by_hand, ByHandController]
