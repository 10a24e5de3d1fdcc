"""What became of a payment: told by a webhook, or found out by the reconciler. Both come here.

Notices may be doubled, late, out of order, or contradict us. One transaction: the event is taken, order and payment
are locked (in this order, everywhere), amount and currency are compared, and the payment turns to `captured` at most
once. Then

- the order waits for it: it is paid, its stock is allocated, the sale is in the ledger, and the next jobs are asked
  for;
- the order is over (canceled, expired, or paid by another try): the money came too late and goes back by itself.
"""

from __future__ import annotations

from typing import Literal

import structlog

import tenants
from app import inventory, ledger, orders, payments
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.ledger import Account, Leg
from infra.payment.port import PaymentNotice, PaymentState
from tenants import outbox
from tenants.outbox import Wish

log = structlog.get_logger()

Outcome = Literal["paid", "late", "closed", "nothing_new", "seen_before", "quarantined"]
PSP, SALES, FREIGHT = Account("psp_clearing"), Account("merchant_sales"), Account("freight_income")
OWED_BACK = Account("refund_clearing")


async def settle_payment(news: PaymentNotice | PaymentState, *, source: str = "sandbox", body: str = "") -> Outcome:
    """Act on what the provider says. Safe to call with the same news any number of times, in any order."""
    event_id = news.event_id if isinstance(news, PaymentNotice) else None
    state = news.state if isinstance(news, PaymentNotice) else news
    async with tenants.transaction():
        if event_id and not await payments.take_event(source, event_id, body):
            return "seen_before"
        outcome = await _settle(state)
        if event_id:
            await payments.settle_event(source, event_id, outcome, status=_event_status(outcome))
        elif outcome == "quarantined":
            await payments.quarantine(source, f"asked:{state.number}", body or repr(state), outcome)
    log.info("payment.settled", payment=state.number, outcome=outcome)
    return outcome


def _event_status(outcome: Outcome) -> str:
    return {"quarantined": "quarantined", "nothing_new": "ignored"}.get(outcome, "processed")


async def _settle(state: PaymentState) -> Outcome:
    try:
        order = await orders.lock((await payments.find_by_number(state.number)).order_id)
    except NotFound:
        return "quarantined"
    payment = await payments.lock_by_number(state.number)
    if state.status == "pending":
        return "nothing_new"
    if state.status != "captured":
        return "closed" if await payments.close(payment.id, state.status) else "nothing_new"
    if (state.amount, state.currency) != (payment.amount, payment.currency):
        return "quarantined"
    if not await payments.capture(payment.id, provider_ref=state.provider_ref):
        return "nothing_new"
    if order.awaits_payment:
        await _pay(order, payment)
        return "paid"
    await _send_back(order, payment)
    return "late"


async def _pay(order: orders.Order, payment: payments.Payment) -> None:
    await orders.record_payment(order.id, payment.amount, at=now())
    legs = [
        Leg(PSP, SALES, payment.amount - order.freight_amount, payment.currency),
        Leg(PSP, FREIGHT, order.freight_amount, payment.currency),
    ]
    await ledger.post("sale", order.id, legs, order_id=order.id)
    payload = {"order_id": order.id}
    await outbox.post_all(
        Wish("fulfillment.plan", payload, "critical", f"plan:{order.id}"),
        Wish("attribution.finalize", payload, "critical", f"finalize:{order.id}"),
    )
    await inventory.allocate(order.id)


async def _send_back(order: orders.Order, payment: payments.Payment) -> None:
    """The order is over: owe the money back, in the same breath as taking it."""
    refund = await payments.open_refund(
        payment.id, payment.number, order.id,
        amount=payment.amount, currency=payment.currency, reason=payments.LATE_PAYMENT,
    )  # fmt: skip
    if refund is None:
        return
    await ledger.post(
        "late_payment", payment.id, [Leg(PSP, OWED_BACK, payment.amount, payment.currency)], order_id=order.id
    )
    await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
