"""What became of a payment: told by a webhook, or found out by the reconciler. Both come here.

Notices may be doubled, late, out of order, or contradict us. One transaction: the event is taken, order and payment
are locked (in this order, everywhere), amount and currency are compared, and the payment turns to `captured` at most
once. Then

- the order waits for it: it is paid, or paid in part; once it is paid its stock is allocated, the sale is in the
  ledger, and the next jobs are asked for;
- the order is over (canceled, expired, paid by another try), or less is due than this: the money came too late and
  goes back by itself.
"""

from __future__ import annotations

from typing import Literal

import structlog

import tenants
from app import inventory, ledger, orders, payments
from app.flows.money_accounts import OWED_BACK, account_of
from app.flows.taking_in import take_in
from app.kernel.errors import NotFound
from app.ledger import Leg
from infra.payment.port import PaymentNotice, PaymentState
from tenants import outbox

log = structlog.get_logger()

Outcome = Literal["paid", "partially_paid", "late", "closed", "nothing_new", "seen_before", "quarantined"]


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
    if order.awaits_payment and payment.amount <= order.due_amount:
        if not await take_in(order, payment):
            return "partially_paid"
        await inventory.allocate(order.id)
        return "paid"
    await _send_back(order, payment)
    return "late"


async def _send_back(order: orders.Order, payment: payments.Payment) -> None:
    """Nothing waits for this money: owe it back, in the same breath as taking it."""
    refund = await payments.open_refund(payment, amount=payment.amount, reason=payments.LATE_PAYMENT)
    if refund is None:
        return
    legs = [Leg(account_of(payment), OWED_BACK, payment.amount, payment.currency)]
    await ledger.post("late_payment", payment.id, legs, order_id=order.id)
    await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
