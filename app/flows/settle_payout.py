"""What became of a payout: told by the provider's answer, a notice, or by asking. All come here.

One transaction: promoter and payout are locked, amount and currency compared, and the payout ends at most once. Paid,
the money leaves the books; otherwise exactly as much goes back to what the promoter can withdraw.
"""

from __future__ import annotations

from typing import Literal

import structlog

import tenants
from app import payouts
from app.flows import payout_news, promoter_money
from app.flows.provider_news import act_once
from app.flows.put_aside import Contradiction
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.payouts import Payout
from infra.payment.payouts_port import TransferNotice, TransferState

log = structlog.get_logger()

Outcome = Literal["paid", "given_back", "offered", "nothing_new", "seen_before", "quarantined"]


async def settle_payout(news: TransferNotice | TransferState, *, source: str = "", body: str = "") -> Outcome:
    """Act on what the provider says. Safe to call with the same news any number of times, in any order."""
    event_id = news.event_id if isinstance(news, TransferNotice) else ""
    state = news.state if isinstance(news, TransferNotice) else news
    async with tenants.transaction():
        outcome: Outcome = await act_once(_settle, state, event_id=event_id, source=source, body=body)
    log.info("payout.settled", payout=state.number, outcome=outcome)
    return outcome


async def _settle(state: TransferState, source: str) -> Outcome:
    """Raises Contradiction before anything is written."""
    try:
        payout = await promoter_money.hold((await payouts.find_by_number(state.number)).id)
    except NotFound as error:
        raise Contradiction("unknown_number") from error
    _require_ours(payout, state, source)
    if payout.is_over:
        return "nothing_new"
    await payouts.note_answer(payout.id, provider_ref=state.provider_ref, confirm=state.confirm, failure=state.failure)
    return await _follow(payout, state)


def _require_ours(payout: Payout, state: TransferState, source: str) -> None:
    if source not in ("", payout.way) or payout.by_hand:
        raise Contradiction("other_provider")
    if (state.amount, state.currency) != (payout.net_amount, payout.currency):
        raise Contradiction("currency" if state.currency != payout.currency else "amount")
    gone = {"succeeded": payouts.GIVEN_BACK, "failed": ("succeeded",), "canceled": ("succeeded",)}
    if payout.status in gone.get(state.status, ()):
        raise Contradiction("ended_otherwise")
    if payout.status in ("requested", "approved"):
        raise Contradiction("not_sent")


def _is_late(payout: Payout) -> bool:
    return payout.confirm_until is not None and payout.confirm_until <= now()


async def _follow(payout: Payout, state: TransferState) -> Outcome:
    if state.status == "pending":
        return "nothing_new"
    if state.status == "awaiting_confirmation":
        if payout.status == "awaiting_confirmation":
            return "nothing_new"
        await payouts.move(payout, "awaiting_confirmation", cause="offered", actor=payout.way)
        await payout_news.tell(await payouts.find(payout.id), "confirm")
        return "offered"
    if state.status == "succeeded":
        await payouts.move(payout, "succeeded", cause="paid", actor=payout.way)
        await promoter_money.pay_out(payout)
        await payout_news.tell(payout, "sent")
        return "paid"
    late = state.status == "canceled" or _is_late(payout)
    await payouts.move(payout, "expired" if late else "failed", cause=state.failure or state.status, actor=payout.way)
    await promoter_money.give_back(payout)
    await payout_news.tell(payout, "expired" if late else "failed", state.failure)
    return "given_back"
