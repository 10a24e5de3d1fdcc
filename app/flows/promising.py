"""A shopper promises to pay by hand: by bank transfer, or in cash at the door. Nobody outside is asked.

Not a journey but what `start_payment` does for providers that are people. A transfer gives the order more days and
holds its goods as long. Cash at the door lets the order be packed at once: its payment is `authorized`, the goods are
the order's, and it never runs out of time; the sale is booked when somebody confirms the money.
"""

from __future__ import annotations

from datetime import timedelta

from app import inventory, orders, payments
from app.flows import campaign_seats
from app.flows.payment_choices import NothingToPayWith
from app.kernel.clock import now
from tenants import outbox

TRANSFER, CASH = "bank_transfer", "cash_on_delivery"
USUAL_DAYS = 3


async def promise(order: orders.Order, payment: payments.Payment) -> None:
    """Inside the transaction that locked the order and opened the payment. Said again, it changes nothing."""
    if payment.provider == CASH:
        await _trust(order, payment)
    else:
        await _give_days(order, payment)


async def _trust(order: orders.Order, payment: payments.Payment) -> None:
    """Only for whole orders: what was paid in part before is paid to the end the same way, and a deposit is money.

    Raises NothingToPayWith.
    """
    if order.payment_status == "partially_paid" or order.deposit_amount:
        raise NothingToPayWith
    if not await payments.authorize(payment.id):
        return
    await orders.authorize(order.id, cause="cash_on_delivery")
    await outbox.post("fulfillment.plan", queue="critical", key=f"plan:{order.id}", order_id=order.id)
    await campaign_seats.take(order)
    inventory.allocate_at_commit(order.id)


async def _give_days(order: orders.Order, payment: payments.Payment) -> None:
    account = await payments.account_of(payment.provider)
    days = timedelta(days=int(account["settings"].get("days") or USUAL_DAYS))
    until = order.placed_at + days
    if order.expires_at is None or until <= order.expires_at:
        return
    await orders.extend(order.id, until)
    await inventory.hold_until(order.id, until)
    await outbox.post(
        "payments.expire_order", queue="critical", key=f"expire:{order.id}:{payment.number}", delay=until - now(),
        order_id=order.id,
    )  # fmt: skip


def is_promise(vendor: str) -> bool:
    return vendor in (TRANSFER, CASH)
