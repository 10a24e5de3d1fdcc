"""A person confirms what no provider can: the transfer is on the account, the cash was handed over, a refund was sent.

The whole amount or nothing: a part is not booked, because the shopper would still owe the rest of the same transfer;
the page says so. What is confirmed is answered as news, which the caller settles like every provider's, so that a
double click, an order that is over, or a payment that was overtaken end as they do for everybody else. The audit entry
comes first, in a transaction of the platform.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import tenants
from app import payments
from app.flows.promising import is_promise
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from infra.payment.port import PaymentState, RefundState
from tenants import audit, platform

TOO_LITTLE = N_("This is less than the shopper owes. Confirm once all of it is there, or send this part back.")
TOO_MUCH = N_("This is more than the shopper owes. Send the rest back, and confirm the amount of the order.")
NOT_YET = N_("This day has not come yet.")


class AlreadyConfirmed(Refusal):
    """Somebody was faster, or the button was pressed twice."""

    code = "payments.already_confirmed"
    status = 409
    message = "This was confirmed already. Nothing was booked twice."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person saw: so much, on that day, and perhaps a word about it."""

    amount: int
    day: date
    note: str = ""


async def confirm_payment(number: str, receipt: Receipt, *, by: Viewer) -> PaymentState:
    """The news to settle. Raises NotFound for payments a provider confirms, AlreadyConfirmed, InvalidInput."""
    async with tenants.transaction():
        payment = await payments.find_by_number(number)
    if not is_promise(payment.provider):
        raise NotFound
    if payment.status == "captured":
        raise AlreadyConfirmed
    if receipt.amount != payment.amount:
        raise InvalidInput({"amount": TOO_LITTLE if receipt.amount < payment.amount else TOO_MUCH})
    _require_past(receipt.day)
    details = {"amount": str(receipt.amount), "day": receipt.day.isoformat(), "note": receipt.note}
    await _record("payment.confirmed", number, by, details)
    async with tenants.transaction():
        await payments.note_receipt(payment.id, details | {"by": by.name})
    return PaymentState(number, payment.provider_ref or number, "captured", payment.amount, payment.currency)


async def confirm_refund(number: str, *, reference: str, day: date, by: Viewer) -> RefundState:
    """The money was sent back by hand. Raises NotFound for refunds a provider makes, AlreadyConfirmed, InvalidInput."""
    async with tenants.transaction():
        refund = await payments.find_refund_by_number(number)
        payment = await payments.find(refund.payment)
    if not is_promise(payment.provider):
        raise NotFound
    if refund.status == "succeeded":
        raise AlreadyConfirmed
    if not reference:
        raise InvalidInput({"reference": N_("This is needed.")})
    _require_past(day)
    await _record("refund.confirmed", number, by, {"reference": reference, "day": day.isoformat()})
    async with tenants.transaction():
        await payments.note_reference(refund.id, reference)
    return RefundState(number, payment.number, "succeeded", refund.amount, refund.currency)


def _require_past(day: date) -> None:
    """A day ahead is allowed for: the store's own calendar may be further than ours."""
    if day > (now() + timedelta(days=1)).date():
        raise InvalidInput({"day": NOT_YET})


async def _record(action: str, number: str, by: Viewer, details: dict[str, str]) -> None:
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
            tenant=tenants.current().id, subject=number, details=details,
        )  # fmt: skip
