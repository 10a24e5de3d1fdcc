"""Jobs after an offer of other goods: money back for what the shopper did not take instead."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from app.flows.request_refund import request_refund
from app.fulfillment import trouble
from app.kernel.errors import Refusal
from app.payments import RefundLine
from workers.context import Handlers, JobContext


async def refund_missing(context: JobContext, *, substitution_id: str) -> None:
    """The shopper did not take the other goods. What cannot go back yet waits for a person among the exceptions."""
    async with tenants.transaction():
        one = await fulfillment.find_substitution(UUID(substitution_id))
        missing = (await fulfillment.missing_units(one.order_id)).get(one.fulfillment_order, {})
    units = sum(count for (line, _place), count in missing.items() if line == one.order_line)
    if not units:
        return
    try:
        lines = [RefundLine(one.order_line, units)]
        await request_refund(one.order_id, lines=lines, reason="short_pick", source_id=one.id)
    except Refusal:
        return
    async with tenants.transaction():
        await fulfillment.close_by_itself(one.fulfillment_order, trouble.SUBSTITUTION_DECLINED)


HANDLERS: Handlers = {"fulfillment.refund_missing": refund_missing}
