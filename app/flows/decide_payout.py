"""The merchant says yes or no to payouts, and what became of those that are made by hand.

The audit entry comes first, in a transaction of the platform; then one transaction per payout, so that one that has
moved on meanwhile does not keep the others of a batch waiting.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import tenants
from app import payouts
from app.flows import payout_news, promoter_money
from app.flows.transfers_by_hand import end_by_hand, record
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.payouts import IllegalMove, Payout
from tenants import outbox, states

SAY_WHY = N_("Say why; the promoter reads it.")
REFERENCE = N_("Say how it is found at the bank.")


async def approve_payouts(payout_ids: Iterable[UUID], *, by: Viewer) -> list[Payout]:
    """Those that were approved now; the others have moved on. Raises StoreClosed, NotFound."""
    states.require(tenants.current(), "pay_out")
    done = []
    for payout_id in payout_ids:
        await record("payout.approved", payout_id, by, {})
        try:
            async with tenants.transaction():
                payout = await promoter_money.hold(payout_id)
                await payouts.move(payout, "approved", cause="approved", actor=by.name)
                if not payout.by_hand:
                    await outbox.post(
                        "payouts.send", key=f"payout:{payout.id}", delay=_wait(payout), payout_id=payout.id
                    )
        except IllegalMove:
            continue
        done.append(payout)
    return done


async def reject_payouts(payout_ids: Iterable[UUID], *, words: str, by: Viewer) -> list[Payout]:
    """The money is the promoter's to withdraw again. Raises InvalidInput without a reason, NotFound."""
    if not words.strip():
        raise InvalidInput({"words": SAY_WHY})
    done = []
    for payout_id in payout_ids:
        await record("payout.rejected", payout_id, by, {"words": words.strip()})
        try:
            async with tenants.transaction():
                payout = await promoter_money.hold(payout_id)
                await payouts.move(payout, "rejected", cause="rejected", actor=by.name, words=words.strip())
                await promoter_money.give_back(payout)
                await payout_news.tell(payout, "rejected", words)
        except IllegalMove:
            continue
        done.append(payout)
    return done


async def confirm_payout(payout_id: UUID, *, paid: bool, words: str, by: Viewer) -> None:
    """A person has made the transfer, or could not. Raises NotFound for other ways, InvalidInput, IllegalMove."""
    if not words.strip():
        raise InvalidInput({"words": REFERENCE if paid else SAY_WHY})
    await end_by_hand(payout_id, paid=paid, words=words, by=by)


def _wait(payout: Payout) -> timedelta:
    """Until the account has cooled off."""
    return max(payout.not_before - now(), timedelta(0)) if payout.not_before else timedelta(0)
