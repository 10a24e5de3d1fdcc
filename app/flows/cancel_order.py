"""Call an order off: before it is paid, or paid and nothing of it has left. What was paid goes back in full.

Of an order that cost nothing only its coupon, its points and its goods can go back, and they do.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment, inventory, live, orders, payments, pickups, promotions
from app.flows import campaign_seats, giving_back
from app.flows.aftersale_overtaken import overtake
from app.kernel.errors import Refusal
from tenants import outbox

SHOPPER = "shopper"


class TooLateToCancel(Refusal):
    """Something of the order is on its way, or it is over already."""

    code = "orders.too_late_to_cancel"
    status = 409
    message = "This order cannot be canceled any more. When it has arrived, ask for a return."


async def cancel_order(order_id: UUID, *, actor: str, cause: str = "canceled_by_shopper") -> None:
    """Raises TooLateToCancel. `cause` is kept in the order's history, `actor` says whose wish it was.

    An order the warehouse already holds is not taken back here: recalling it may fail, so that is a journey of its own.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.is_cancelable or await _has_left(order):
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
            await _give_back(order, cause, actor)
        else:
            await _void(order, cause, actor)
        await campaign_seats.release(order, cause)
        await live.give_back(order_id)
        await inventory.release(order_id)


async def _has_left(order: orders.Order) -> bool:
    """A warehouse may have it, other goods leave in its place, or the customer got it from a leader's hands."""
    if await fulfillment.may_be_there(order.id) or await fulfillment.sent_instead(order.id):
        return True
    pickup = await pickups.pickup_of(order.id) if order.campaign else None
    return pickup is not None and pickup.status == "collected"


async def _void(order: orders.Order, cause: str, actor: str) -> None:
    """Nobody can pay it by accident: open payments are closed at their provider, and what comes all the same goes back.

    Parts of the price that were paid already go back now, except a deposit that a shopper who leaves forfeits.
    """
    await orders.move(order.id, "payment_status", "voided", cause=cause, actor=actor)
    await outbox.post("attribution.finalize", key=f"finalize:{order.id}", order_id=order.id)
    for payment in await payments.open_payments_of(order.id):
        await payments.close(payment.id, "canceled", failure=cause)
        await outbox.post(
            "payments.close_at_provider", queue="critical", key=f"close:{payment.id}", payment_id=payment.id
        )
    kept = await campaign_seats.forfeit(order) if actor == SHOPPER else 0
    await giving_back.return_prepayments(order, reason=cause, keep=kept)
    await promotions.give_back(order.id)


async def _give_back(order: orders.Order, cause: str, actor: str) -> None:
    """Whatever is left: a part may be back already, or promised."""
    if not order.total_amount:
        await orders.record_refund(order.id, 0, cause=cause, actor=actor)
        await promotions.give_back(order.id)
        return
    parts = payments.take_all(await giving_back.left_of(order.id))
    if parts:
        await overtake(order, [])
        await giving_back.owe(order, parts, reason=cause)
