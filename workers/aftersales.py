"""Jobs of returns, exchanges and claims: deadlines, refunds, and the platform's list of disputes."""

from __future__ import annotations

from uuid import UUID

import tenants
from app.flows import refund_aftersale
from app.flows.dispute_aftersale import dispute_state
from app.flows.lapse_aftersale import lapse_aftersale
from app.flows.request_refund import request_refund
from app.kernel.errors import Refusal
from tenants import disputes
from workers.context import Handlers, JobContext


async def deadline(context: JobContext, *, aftersale_id: str) -> None:
    await lapse_aftersale(UUID(aftersale_id))


async def refund(context: JobContext, *, aftersale_id: str) -> None:
    """Ask for the decided refund, then say that it is owed. Dying in between asks again for the same refund."""
    decided = await refund_aftersale.prepare(UUID(aftersale_id))
    if decided is None:
        return
    try:
        if decided.amount:
            await request_refund(decided.order_id, amount=decided.amount, reason=decided.number)
    except Refusal as refusal:
        await refund_aftersale.take_no(UUID(aftersale_id), refusal.code)
    else:
        await refund_aftersale.finish(UUID(aftersale_id))


async def report_dispute(context: JobContext, *, aftersale_id: str) -> None:
    """Bring the platform's list up to date with what the store's own row says now."""
    opened_at, closed_at = await dispute_state(UUID(aftersale_id))
    if opened_at is not None:
        await disputes.keep(tenants.current().id, UUID(aftersale_id), opened_at=opened_at, closed_at=closed_at)


HANDLERS: Handlers = {
    "aftersales.deadline": deadline,
    "aftersales.refund": refund,
    "aftersales.report_dispute": report_dispute,
}
