"""What became of a refund: told by the provider's answer, a webhook, or the reconciler. All come here.

One transaction: order and refund are locked, amount and currency compared, and the refund succeeds at most once. Then
the order says how much of it is back, the ledger takes the sale back, and the commissions are asked to follow.
"""

from __future__ import annotations

from typing import Literal

import structlog

import tenants
from app import ledger, orders, payments, promotions
from app.kernel.errors import NotFound
from app.ledger import Account, Leg
from infra.payment.port import RefundNotice, RefundState
from tenants import outbox

log = structlog.get_logger()

Outcome = Literal["refunded", "failed", "nothing_new", "seen_before", "quarantined"]
PSP, SALES, OWED_BACK = Account("psp_clearing"), Account("merchant_sales"), Account("refund_clearing")


async def settle_refund(news: RefundNotice | RefundState, *, source: str = "sandbox", body: str = "") -> Outcome:
    """Act on what the provider says. Safe to call with the same news any number of times, in any order."""
    event_id = news.event_id if isinstance(news, RefundNotice) else None
    state = news.state if isinstance(news, RefundNotice) else news
    async with tenants.transaction():
        if event_id and not await payments.take_event(source, event_id, body):
            return "seen_before"
        outcome = await _settle(state)
        if event_id:
            status = {"quarantined": "quarantined", "nothing_new": "ignored"}.get(outcome, "processed")
            await payments.settle_event(source, event_id, outcome, status=status)
        elif outcome == "quarantined":
            await payments.quarantine(source, f"asked:{state.number}", body or repr(state), outcome)
    log.info("refund.settled", refund=state.number, outcome=outcome)
    return outcome


async def _settle(state: RefundState) -> Outcome:
    try:
        order = await orders.lock((await payments.find_refund_by_number(state.number)).order_id)
    except NotFound:
        return "quarantined"
    refund = await payments.lock_refund(state.number)
    if state.status == "pending":
        return "nothing_new"
    if state.status == "failed":
        return "failed" if await payments.fail_refund(refund.id, "provider") else "nothing_new"
    if (state.amount, state.currency) != (refund.amount, refund.currency):
        return "quarantined"
    if not await payments.succeed_refund(refund.id):
        return "nothing_new"
    await _record(order, refund)
    return "refunded"


async def _record(order: orders.Order, refund: payments.Refund) -> None:
    """A late payment never was a sale: it only passed through. Every other refund takes a part of the sale back."""
    if refund.reason == payments.LATE_PAYMENT:
        legs = [Leg(OWED_BACK, PSP, refund.amount, refund.currency)]
        await ledger.post("late_refund", refund.id, legs, order_id=order.id)
        return
    legs = [Leg(SALES, PSP, refund.amount, refund.currency)]
    await ledger.post("refund", refund.id, legs, order_id=order.id)
    await orders.record_refund(order.id, refund.amount, cause=refund.reason)
    await promotions.give_back(order.id, refunded=order.refunded_amount + refund.amount, paid=order.paid_amount)
    await outbox.post("attribution.reverse", queue="critical", key=f"reverse:{refund.id}", order_id=order.id)
