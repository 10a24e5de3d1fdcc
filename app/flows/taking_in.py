"""A step inside an open transaction: count a captured payment in. Not a journey of its own.

Several payments may pay one order. Until it is paid in full what came is the shopper's own money, kept as a prepayment;
the payment that completes it makes everything a sale, and asks for what follows. An order that costs nothing is paid
without any.
"""

from __future__ import annotations

from uuid import UUID

from app import ledger, orders, payments
from app.flows import campaign_seats
from app.flows.money_accounts import FREIGHT, PREPAID, SALES, TAX, account_of, legs_between
from app.kernel.clock import now
from app.ledger import Leg
from tenants import outbox, steps
from tenants.outbox import Wish
from tenants.steps import NOTHING, Step


async def take_in(
    order: orders.Order, payment: payments.Payment, *, actor: str = "provider", captured: Step = NOTHING
) -> bool:
    """True when the order is paid with it: then the caller allocates the stock, last before COMMIT.

    `order` is locked and says what was paid before; the payment is not more than what is due, and `captured` says so of
    one that was not taken down yet. All of it is one statement.
    """
    source = account_of(payment)
    recorded = orders.recording_payment(order, payment.amount, at=now(), actor=actor)
    if not order.is_paid_by(payment.amount):
        legs = [Leg(source, PREPAID, payment.amount, payment.currency)]
        await steps.take(captured, recorded, await ledger.posting("prepayment", payment.id, legs, order_id=order.id))
        await campaign_seats.take_deposit(order, order.paid_amount + payment.amount)
        return False
    sold = [
        (SALES, order.goods_amount - order.discount_amount), (FREIGHT, order.freight_amount), (TAX, order.tax_amount)
    ]  # fmt: skip
    legs = legs_between([(PREPAID, order.paid_amount), (source, payment.amount)], sold, payment.currency)
    booked = await ledger.posting("sale", order.id, legs, order_id=order.id)
    await steps.take(captured, recorded, booked, _going_on(order.id))
    await campaign_seats.take(order)
    return True


async def take_in_nothing(order_id: UUID) -> None:
    """The order that was just written costs nothing: it is paid, and the books have nothing to say about it.

    The caller allocates its stock, last before COMMIT.
    """
    order = await orders.find(order_id)
    recorded = orders.recording_payment(order, 0, at=now(), actor="shopper", cause="nothing_to_pay")
    await steps.take(recorded, _going_on(order_id))
    await campaign_seats.take(order)


def _going_on(order_id: UUID) -> Step:
    payload = {"order_id": order_id}
    return outbox.posting(
        Wish("fulfillment.plan", payload, "critical", f"plan:{order_id}"),
        Wish("attribution.finalize", payload, "critical", f"finalize:{order_id}"),
    )
