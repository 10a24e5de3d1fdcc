"""Call an order off: before it is paid, or paid and nothing of it has left. What was paid goes back in full."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import inventory, orders, payments, promotions
from app.kernel.errors import Refusal
from tenants import outbox


class TooLateToCancel(Refusal):
    """Something of the order is on its way, or it is over already."""

    code = "orders.too_late_to_cancel"
    status = 409
    message = "This order cannot be canceled any more. When it has arrived, ask for a return."


# A work order whose push was never answered may have arrived, whatever state it waits in now.
WITH_THE_WAREHOUSE = """
SELECT 1 FROM fulfillment_order WHERE order_id = $1 AND (status IN ('submitted', 'accepted', 'incomplete', 'closed')
    OR (status IN ('open', 'on_hold') AND submitted_at IS NOT NULL))
"""


async def cancel_order(order_id: UUID, *, actor: str, cause: str = "canceled_by_shopper") -> None:
    """Raises TooLateToCancel. `cause` is kept in the order's history, `actor` says whose wish it was.

    An order the warehouse already holds is not taken back here: recalling it may fail, so that is a journey of its own.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.is_cancelable or await tenants.connection().fetchval(WITH_THE_WAREHOUSE, order_id):
            raise TooLateToCancel
        await orders.move(order_id, "status", "canceled", cause=cause, actor=actor)
        await orders.move(order_id, "fulfillment_status", "canceled", cause=cause, actor=actor)
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET status = 'canceled', status_reason = $2, updated_at = now()"
            " WHERE order_id = $1 AND status IN ('scheduled', 'open', 'on_hold', 'rejected')",
            order_id,
            cause,
        )
        if order.is_paid:
            await _owe_back(order, cause)
        else:
            await _void(order_id, cause, actor)
        await inventory.release(order_id)


async def _void(order_id: UUID, cause: str, actor: str) -> None:
    await orders.move(order_id, "payment_status", "voided", cause=cause, actor=actor)
    await outbox.post("attribution.finalize", key=f"finalize:{order_id}", order_id=order_id)
    for payment in await payments.open_payments_of(order_id):
        await payments.close(payment.id, "canceled", failure=cause)
    await promotions.give_back(order_id)


async def _owe_back(order: orders.Order, cause: str) -> None:
    """Whatever is left: a part may be back already, or promised."""
    payment = await payments.paid_payment_of(order.id)
    left = order.refundable_amount - await payments.promised_back(order.id)
    if payment is None or left <= 0:
        return
    refund = await payments.open_refund(
        payment.id, payment.number, order.id, amount=left, currency=order.currency, reason=cause
    )
    if refund is not None:
        await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
