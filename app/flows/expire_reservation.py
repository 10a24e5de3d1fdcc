"""The time to pay is over: make sure nobody can pay any more, then give the stock back.

The provider is asked between two transactions. If it says that the money came in the last moment, nothing expires and
the caller settles that payment. If it does not answer, the order expires all the same: it is asked again by a job, and
a payment that still comes goes back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import inventory, live, orders, payments, promotions
from app.flows import campaign_seats, giving_back
from app.kernel.clock import now
from infra.payment.port import PaymentProvider, PaymentRejected, PaymentState, PaymentUnavailable
from tenants import outbox

# The job's clock and the order's may be those of two machines.
TOLERANCE = timedelta(seconds=5)
TIMED_OUT = "payment_timed_out"


async def expire_reservation(order_id: UUID, provider: PaymentProvider | None) -> PaymentState | None:
    """Expire an unpaid order. Answers the payment that came after all, for the caller to settle; usually None."""
    async with tenants.transaction():
        order = await orders.find(order_id)
        if not _is_due(order):
            return None
        tries = await payments.open_payments_of(order_id)
    silent = []
    for payment in tries:
        try:
            state = await provider.close(payment.number) if provider else None
        except PaymentRejected:
            continue
        except PaymentUnavailable:
            silent.append(payment)
            continue
        # A sum that differs is for people to look at (it is quarantined when told); the stock does not wait for them.
        if state is not None and state.status == "captured" and state.amount == payment.amount:
            return state
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if _is_due(order):
            await _expire(order)
            for payment in silent:
                await outbox.post(
                    "payments.close_at_provider", queue="critical", key=f"close:{payment.id}", payment_id=payment.id
                )
    return None


def _is_due(order: orders.Order) -> bool:
    return order.awaits_payment and order.expires_at is not None and order.expires_at <= now() + TOLERANCE


async def _expire(order: orders.Order) -> None:
    """Parts of the price that were paid already go back; what may still come goes back when it comes."""
    await orders.move(order.id, "status", "expired", cause=TIMED_OUT)
    await orders.move(order.id, "payment_status", "voided", cause=TIMED_OUT)
    await orders.move(order.id, "fulfillment_status", "canceled", cause=TIMED_OUT)
    for payment in await payments.open_payments_of(order.id):
        await payments.close(payment.id, "canceled", failure="expired")
    kept = await campaign_seats.forfeit(order)
    await giving_back.return_prepayments(order, reason=TIMED_OUT, keep=kept)
    await outbox.post("attribution.finalize", key=f"finalize:{order.id}", order_id=order.id)
    await promotions.give_back(order.id)
    await campaign_seats.release(order, TIMED_OUT)
    await live.give_back(order.id)
    await inventory.release(order.id)
