"""The warehouse picks or has packed an order. Part of `ship_order`."""

from __future__ import annotations

from app import fulfillment
from app.flows.warehouse_news import Outcome, locked
from app.fulfillment import WarehouseFacts
from infra.warehouse.port import ProgressNotice


async def take(notice: ProgressNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """What is picked is there: this news may overtake our own record that the order was accepted."""
    work_order = await locked(notice.reference, speaker)
    if work_order.status == "canceled":
        return "picked although we had called it off", "ignored"
    await fulfillment.mark_accepted(work_order.id)
    await fulfillment.record_progress(work_order.id, notice.picked, notice.at if notice.packed else None)
    return "packed" if notice.packed else f"picked {notice.picked}", "processed"
