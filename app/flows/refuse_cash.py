"""The parcel was not taken, so the cash it was sent for will not come: the order is called off without it.

One transaction. What the parcel held comes back by its own way and is counted in by hand; what never left is free.
"""

from __future__ import annotations

import tenants
from app import inventory, orders, payments, promotions
from app.flows import giving_back
from app.flows.promising import CASH
from app.kernel.errors import Refusal
from tenants import outbox

CAUSE = "cash_refused"


class NotWaitingForCash(Refusal):
    """The order is paid, delivered or over."""

    code = "payments.not_waiting_for_cash"
    status = 409
    message = "This order does not wait for cash any more."


async def refuse_cash(number: str, *, actor: str) -> None:
    """`number` is the payment's. Raises NotFound, NotWaitingForCash."""
    async with tenants.transaction():
        order = await orders.lock_by_payment(number)
        payment = await payments.lock_by_number(number)
        if order.status != "placed" or (payment.provider, payment.status) != (CASH, "authorized"):
            raise NotWaitingForCash
        await payments.close(payment.id, "failed", failure=CAUSE)
        await orders.move(order.id, "status", "canceled", cause=CAUSE, actor=actor)
        await orders.move(order.id, "payment_status", "voided", cause=CAUSE, actor=actor)
        if order.fulfillment_status in ("unfulfilled", "partially_fulfilled"):
            await orders.move(order.id, "fulfillment_status", "canceled", cause=CAUSE, actor=actor)
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET status = 'canceled', status_reason = $2, updated_at = now()"
            " WHERE order_id = $1 AND status IN ('scheduled', 'open', 'on_hold', 'rejected')",
            order.id,
            CAUSE,
        )
        await giving_back.return_prepayments(order, reason=CAUSE)
        await promotions.give_back(order.id)
        await outbox.post("attribution.finalize", key=f"finalize:{order.id}", order_id=order.id)
        await inventory.release(order.id)
