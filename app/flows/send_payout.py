"""Ask the provider to pay a promoter. The answer is settled like every other news about a payout.

The provider is called between two transactions, and knows the payout by our number, always the same: after any doubt
it is asked about that number, never under a new one. A refusal is believed only when the provider does not know the
number; until it says what it knows, the payout is `unknown` and the money stays where it is.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import payouts, promoters
from app.flows import payout_ways, promoter_money
from app.kernel.clock import now
from app.payouts import Payout
from infra.payment.payouts_port import Payouts, TransferRequest, TransferState
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown
from tenants import states

# What WeChat calls paying commission, and what it wants to be told about it, in its own words.
SCENE, SCENE_DETAILS = "1005", {"岗位类型": "推广员", "报酬说明": "推广佣金"}
OUT = ("submitting", "unknown")


async def send_payout(payout_id: UUID, provider: Payouts) -> TransferState | None:
    """The provider's answer for `settle_payout`, None when there is nothing to send. PaymentUnavailable: ask again."""
    async with tenants.transaction():
        payout = await promoter_money.hold(payout_id)
        if payout.by_hand or payout.status not in ("approved", *OUT):
            return None
        if payout.status == "approved":
            if payout.cools:
                return None
            if not states.tenant_allows(tenants.current().status, "pay_out"):
                return None
            await payouts.move(payout, "submitting", cause="sent", actor="system")
        request = await _request(payout)
    try:
        return await provider.transfer(request)
    except PaymentRejected as error:
        refusal = error.code
    except PaymentUnavailable as error:
        await _doubt(payout_id, str(error))
        raise
    return await _believe(payout, refusal, provider)


async def ask_about_payout(payout_id: UUID, provider: Payouts) -> TransferState | None:
    """What became of one that waits for the promoter's yes; when their time is over, the offer is taken back."""
    async with tenants.transaction():
        payout = await payouts.find(payout_id)
        await payouts.note_asked(payout_id)
    if payout.status != "awaiting_confirmation":
        return None
    if payout.confirm_until and payout.confirm_until <= now():
        try:
            return await provider.cancel_transfer(payout.number)
        except PaymentRejected:  # too late for that: it has an end, which the question finds out
            pass
    try:
        return await provider.query_transfer(payout.number)
    except PaymentRejected as error:  # it offered the money and cannot have forgotten: a person looks
        raise PaymentUnavailable(error.code) from error


async def _believe(payout: Payout, refusal: str, provider: Payouts) -> TransferState:
    try:
        return await provider.query_transfer(payout.number)
    except PaymentUnknown:
        return TransferState(payout.number, "", "failed", payout.net_amount, payout.currency, failure=refusal)
    except (PaymentRejected, PaymentUnavailable) as error:
        await _doubt(payout.id, refusal)
        raise PaymentUnavailable(refusal) from error


async def _doubt(payout_id: UUID, why: str) -> None:
    """It may be paid and may be not."""
    async with tenants.transaction():
        payout = await promoter_money.hold(payout_id)
        if payout.status == "submitting":
            await payouts.move(payout, "unknown", cause="no_answer", actor="system")
        await payouts.note_answer(payout_id, provider_ref="", confirm={}, failure=why)


async def _request(payout: Payout) -> TransferRequest:
    typed = payout_ways.open_payee(payout)
    promoter = await promoters.find(payout.promoter)
    return TransferRequest(
        payout.number, typed.get("account") or promoter.email, payout.net_amount, payout.currency,
        remark=payout.number, scene=SCENE, scene_details=SCENE_DETAILS, payee_name=typed.get("payee_name", ""),
    )  # fmt: skip
