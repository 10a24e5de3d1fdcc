"""Jobs of returns, exchanges and claims: deadlines, and the platform's list of disputes."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.flows.dispute_aftersale import dispute_state
from app.flows.lapse_aftersale import lapse_aftersale
from tenants import disputes
from workers.context import Handlers, JobContext


async def deadline(context: JobContext, *, aftersale_id: str) -> None:
    await lapse_aftersale(UUID(aftersale_id))


async def report_dispute(context: JobContext, *, aftersale_id: str) -> None:
    """Bring the platform's list up to date with what the store's own row says now."""
    opened_at, closed_at = await dispute_state(UUID(aftersale_id))
    if opened_at is not None:
        await disputes.keep(tenants.current().id, UUID(aftersale_id), opened_at=opened_at, closed_at=closed_at)


HANDLERS: Handlers = {
    "aftersales.deadline": deadline,
    "aftersales.report_dispute": report_dispute,
}
