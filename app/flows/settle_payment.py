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
from app import inventory, ledger, orders, payments, risk
from app.flows.money_accounts import OWED_BACK, account_of
from app.flows.provider_news import act_once
from app.flows.put_aside import Contradiction
from app.flows.taking_in import take_in
from app.kernel.errors import NotFound
from app.ledger import Leg
from infra.payment.port import PaymentNotice, PaymentState
from tenants import outbox, steps

log = structlog.get_logger()

Outcome = Literal["paid", "partially_paid", "late", "closed", "nothing_new", "seen_before", "quarantined"]


async def settle_payment(news: PaymentNotice | PaymentState, *, source: str = "", body: str = "") -> Outcome:
    """Act on what the provider says. Safe to call with the same news any number of times, in any order.

    `source` is the provider that told it; what another one tells is put aside, as every other contradiction.
    """
    event_id = news.event_id if isinstance(news, PaymentNotice) else ""
    state = news.state if isinstance(news, PaymentNotice) else news
    async with tenants.transaction():
        outcome: Outcome = await act_once(_settle, state, event_id=event_id, source=source, body=body)
    log.info("payment.settled", payment=state.number, outcome=outcome)
    return outcome


async def _settle(state: PaymentState, source: str) -> Outcome:
    """Raises Contradiction before anything is written."""
    try:
        order = await orders.lock_by_payment(state.number)
    except NotFound as error:
        raise Contradiction("unknown_number") from error
    payment = await payments.lock_by_number(state.number)
    if source not in ("", payment.provider):
        raise Contradiction("other_provider")
    if state.status == "pending":
        return "nothing_new"
    if state.status != "captured":
        return "closed" if await payments.close(payment.id, state.status) else "nothing_new"
    if (state.amount, state.currency) != (payment.amount, payment.currency):
        raise Contradiction("currency" if state.currency != payment.currency else "amount")
    if payment.status == "captured":
        return "nothing_new"
    payer_mark = risk.prints.digest("payer", state.payer_id).hex() if state.payer_id else ""
    captured = payments.capturing(payment, provider_ref=state.provider_ref, payer_mark=payer_mark)
    if _is_waited_for(order, payment):
        if not await take_in(order, payment, captured=captured):
            return "partially_paid"
        inventory.allocate_at_commit(order.id)
        return "paid"
    await steps.take(captured)
    await _send_back(order, payment)
    return "late"


def _is_waited_for(order: orders.Order, payment: payments.Payment) -> bool:
    """An order that was sent on trust waits for the one payment it was trusted with, also after it has arrived."""
    trusted = order.payment_status == "authorized" and payment.status == "authorized"
    return (order.awaits_payment or trusted) and order.takes(payment.amount)


async def _send_back(order: orders.Order, payment: payments.Payment) -> None:
    """Nothing waits for this money: owe it back, in the same breath as taking it."""
    refund = await payments.open_refund(payment, amount=payment.amount, reason=payments.LATE_PAYMENT)
    if refund is None:
        return
    legs = [Leg(account_of(payment), OWED_BACK, payment.amount, payment.currency)]
    await ledger.post("late_payment", payment.id, legs, order_id=order.id)
    await outbox.post("payments.refund", queue="critical", key=f"refund:{refund.id}", refund_id=refund.id)
