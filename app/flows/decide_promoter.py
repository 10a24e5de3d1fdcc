"""The merchant answers an application, changes a rate or what somebody does, or suspends a promoter."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import promoters
from app.flows import promoter_news
from app.kernel.events import publish
from app.promoters import Promoter


async def decide_promoter(
    promoter_id: UUID, approve: bool, rate_bps: int, by: str, *, kinds: Sequence[str] | None = None, words: str = ""
) -> Promoter:
    """Approve with a rate in basis points, and say what the promoter does for the store; or reject, with a word why.

    Approving again sets a new rate for orders from now on. Rates of orders already placed are snapshots and stay.
    Raises NotFound, InvalidInput.
    """
    async with tenants.transaction():
        before = await promoters.find(promoter_id)
        promoter = await promoters.decide(promoter_id, approve=approve, rate_bps=rate_bps, by=by, words=words)
        if kinds is not None:
            await promoters.set_kinds(promoter_id, kinds)
        if before.status != promoter.status:
            await promoter_news.tell(promoter, promoter.status, promoter.words)
    await publish(f"board:{tenants.current().id}:{promoter_id}", "promoter")
    return promoter


async def suspend_promoter(promoter_id: UUID, by: str, *, words: str = "") -> None:
    """Clicks count no more from now on; lines already earned settle as they would have."""
    async with tenants.transaction():
        await promoters.suspend(promoter_id, by=by, words=words)
        promoter = await promoters.find(promoter_id)
        if promoter.status == "suspended":
            await promoter_news.tell(promoter, "suspended", promoter.words)
    await publish(f"board:{tenants.current().id}:{promoter_id}", "promoter")
