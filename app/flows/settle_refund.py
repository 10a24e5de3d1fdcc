"""What became of a refund: told by the provider's answer, a webhook, or the reconciler. All come here.

One transaction: order and refund are locked, amount and currency compared, and the refund succeeds at most once. Then
the order says how much of it is back, the ledger takes the parts of the sale back, the commissions are asked to follow,
and units that were to return to the shelf are there.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import structlog

import tenants
from app import orders, payments
from app.flows import giving_back
from app.flows.provider_news import act_once
from app.flows.put_aside import Contradiction
from app.kernel.errors import NotFound
from infra.payment.port import RefundNotice, RefundState
from tenants import outbox

log = structlog.get_logger()

Outcome = Literal["refunded", "failed", "nothing_new", "seen_before", "quarantined"]
FAILED_THERE = "provider"
# A merchant's account without money is filled within a day or two; after that a person looks.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (10, 60, 360, 1440, 2880))


async def settle_refund(news: RefundNotice | RefundState, *, source: str = "", body: str = "") -> Outcome:
    """Act on what the provider says. Safe to call with the same news any number of times, in any order.

    `source` is the provider that told it; what another one tells is put aside, as every other contradiction.
    """
    event_id = news.event_id if isinstance(news, RefundNotice) else ""
    state = news.state if isinstance(news, RefundNotice) else news
    async with tenants.transaction():
        outcome: Outcome = await act_once(_settle, state, event_id=event_id, source=source, body=body)
    log.info("refund.settled", refund=state.number, outcome=outcome)
    return outcome


async def _settle(state: RefundState, source: str) -> Outcome:
    """Raises Contradiction before anything is written."""
    try:
        known = await payments.find_refund_by_number(state.number)
        order = await orders.lock(known.order_id)
    except NotFound as error:
        raise Contradiction("unknown_number") from error
    if source not in ("", (await payments.find(known.payment)).provider):
        raise Contradiction("other_provider")
    refund = await payments.lock_refund(state.number)
    if state.status == "pending":
        return "nothing_new"
    if state.status == "failed":
        return "failed" if await _fail(refund, state.failure or FAILED_THERE) else "nothing_new"
    if (state.amount, state.currency) != (refund.amount, refund.currency):
        raise Contradiction("currency" if state.currency != refund.currency else "amount")
    if not await payments.succeed_refund(refund.id):
        return "nothing_new"
    await giving_back.record(order, refund)
    await giving_back.restock([refund])
    return "refunded"


async def _fail(refund: payments.Refund, failure: str) -> bool:
    """It stays owed: tried again by itself with growing pauses, and by hand for as long as it takes."""
    if not await payments.fail_refund(refund.id, failure):
        return False
    if refund.attempts < len(PAUSES):
        await outbox.post(
            "payments.refund_again", key=f"refund_again:{refund.id}", delay=PAUSES[refund.attempts], refund_id=refund.id
        )
    return True
