"""The merchant gives money back: all of it, or a part."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders, payments
from app.kernel.errors import InvalidInput, Refusal
from tenants import outbox


class NothingToRefund(Refusal):
    """The order was never paid, or everything is on its way back already."""

    code = "payments.nothing_to_refund"
    status = 409
    message = "There is nothing left to give back on this order."


async def request_refund(order_id: UUID, *, amount: int | None, reason: str) -> payments.Refund:
    """Owe `amount` back, or everything that is left. Raises NothingToRefund, InvalidInput.

    What is promised but not yet done counts as gone, so that two people pressing the button cannot give back twice.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        payment = await payments.paid_payment_of(order_id)
        left = order.refundable_amount - await payments.promised_back(order_id)
        if payment is None or left <= 0:
            raise NothingToRefund
        if amount is not None and not 0 < amount <= left:
            raise InvalidInput({"amount": "This is more than is left to give back."})
        refund = await payments.open_refund(
            payment.id, payment.number, order_id, amount=amount or left, currency=order.currency, reason=reason
        )
        if refund is None:
            raise NothingToRefund
        await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
        return refund


async def retry_refund(refund_id: UUID) -> None:
    """A failed refund is tried again under its own number. Raises NothingToRefund when the money is back already."""
    async with tenants.transaction():
        refund = await payments.find_refund(refund_id)
        await orders.lock(refund.order_id)
        if not await payments.retry_refund(refund_id):
            raise NothingToRefund
        await outbox.post("payments.refund", queue="critical", key=f"refund:{refund_id}", refund_id=refund_id)
