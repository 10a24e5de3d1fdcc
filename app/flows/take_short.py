"""A short pick: a warehouse has less than it was asked to send. Part of `ship_order`."""

from __future__ import annotations

from app import fulfillment
from app.flows.warehouse_news import Outcome, locked
from app.fulfillment import Missing, WarehouseFacts
from infra.warehouse.port import ShortNotice


async def take(notice: ShortNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """Write down what is missing, by line of ours; what becomes of it a person decides."""
    work_order = await locked(notice.reference, speaker)
    if work_order.status == "canceled":
        return "short of something we had called off", "ignored"
    asked = {str(line.order_line): line for line in await fulfillment.progress(work_order.id)}
    known = [
        Missing(asked[line.line_id].order_line, min(line.missing, asked[line.line_id].asked), line.found_sku)
        for line in notice.lines
        if line.line_id in asked
    ]
    await fulfillment.record_short(work_order.id, known, notice.reason, notice.at)
    status = await fulfillment.settle_work_order(work_order, complete=False)
    if len(known) < len(notice.lines):
        return "short of lines we did not order", "quarantined"
    return f"short of {sum(line.units for line in known)}, work order {status}", "processed"
