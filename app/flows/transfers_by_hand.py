"""How a transfer ended that a person made. A step that journeys share, not one of its own.

The audit entry comes first, in a transaction of the platform; then the payout ends in one of the store.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import payouts
from app.flows import payout_news, promoter_money
from app.identity import Viewer
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from tenants import audit, platform

COOLS = N_("This account is new. Wait until its cooling-off time is over.")


async def end_by_hand(payout_id: UUID, *, paid: bool, words: str, by: Viewer) -> None:
    """Raises NotFound for other ways, InvalidInput for an account that cools off, IllegalMove."""
    await record("payout.paid" if paid else "payout.failed", payout_id, by, {"words": words.strip()})
    async with tenants.transaction():
        payout = await promoter_money.hold(payout_id)
        if not payout.by_hand:
            raise NotFound
        if paid and payout.cools:
            raise InvalidInput({"words": COOLS})
        to = "succeeded" if paid else "failed"
        await payouts.move(payout, to, cause="by_hand", actor=by.name, words=words.strip())
        await (promoter_money.pay_out(payout) if paid else promoter_money.give_back(payout))
        await payout_news.tell(payout, "sent" if paid else "failed", words)


async def record(action: str, payout_id: UUID, by: Viewer, details: dict[str, str]) -> None:
    """Who decided what about whose money."""
    async with tenants.transaction():
        payout = await payouts.find(payout_id)
    facts = details | {"amount": str(payout.amount), "currency": payout.currency, "promoter": str(payout.promoter)}
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action=action,
            tenant=tenants.current().id, subject=payout.number, details=facts,
        )  # fmt: skip
