"""The time to pay is over: make sure nobody can pay any more, then give the stock back.

The provider is asked between two transactions. If it says that the money came in the last moment, nothing expires and
the caller settles that payment. If it does not answer, the order expires all the same: a payment that still comes
goes back.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import inventory, orders, payments, promotions
from app.kernel.clock import now
from infra.payment.port import PaymentProvider, PaymentRejected, PaymentState, PaymentUnavailable
from tenants import outbox

# The job's clock and the order's may be those of two machines.
TOLERANCE = timedelta(seconds=5)


async def expire_reservation(order_id: UUID, provider: PaymentProvider | None) -> PaymentState | None:
    """Expire an unpaid order. Answers the payment that came after all, for the caller to settle; usually None."""
    async with tenants.transaction():
        order = await orders.find(order_id)
        if not _is_due(order):
            return None
        tries = await payments.open_payments_of(order_id)
    for payment in tries if provider else ():
        state = await _close(provider, payment.number)
        # A sum that differs is for people to look at (it is quarantined when told); the stock does not wait for them.
        if state is not None and state.status == "captured" and state.amount == payment.amount:
            return state
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if _is_due(order):
            await _expire(order)
    return None


def _is_due(order: orders.Order) -> bool:
    return order.awaits_payment and order.expires_at is not None and order.expires_at <= now() + TOLERANCE


async def _close(provider: PaymentProvider | None, number: str) -> PaymentState | None:
    try:
        return await provider.close(number) if provider else None
    except (PaymentRejected, PaymentUnavailable):
        return None


async def _expire(order: orders.Order) -> None:
    await orders.move(order.id, "status", "expired", cause="payment_timed_out")
    await orders.move(order.id, "payment_status", "voided", cause="payment_timed_out")
    await orders.move(order.id, "fulfillment_status", "canceled", cause="payment_timed_out")
    for payment in await payments.open_payments_of(order.id):
        await payments.close(payment.id, "canceled", failure="expired")
    await outbox.post("attribution.finalize", key=f"finalize:{order.id}", order_id=order.id)
    await promotions.give_back(order.id)
    await inventory.release(order.id)
