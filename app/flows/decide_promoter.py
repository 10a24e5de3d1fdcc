"""The merchant answers an application, changes a rate, or suspends a promoter."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import promoters
from app.kernel.events import publish


async def decide_promoter(
    promoter_id: UUID, approve: bool, rate_bps: int, by: str, *, leads: bool = False
) -> promoters.Promoter:
    """Approve with a rate in basis points, and say whether the promoter may lead group buys; or reject.

    Approving again sets a new rate for orders from now on. Rates of orders already placed are snapshots and stay.
    Raises NotFound, InvalidInput.
    """
    async with tenants.transaction():
        promoter = await promoters.decide(promoter_id, approve=approve, rate_bps=rate_bps, by=by)
        await promoters.set_leader(promoter_id, leads and approve)
    await publish(f"board:{tenants.current().id}:{promoter_id}", "promoter")
    return promoter


async def suspend_promoter(promoter_id: UUID, by: str) -> None:
    """Clicks count no more from now on; lines already earned settle as they would have."""
    async with tenants.transaction():
        await promoters.suspend(promoter_id, by=by)
    await publish(f"board:{tenants.current().id}:{promoter_id}", "promoter")
