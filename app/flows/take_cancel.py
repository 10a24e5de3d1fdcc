"""The warehouse will not ship an order, or no more of it. Part of `ship_order`."""

from __future__ import annotations

from app import fulfillment
from app.flows.warehouse_news import Outcome, locked
from app.fulfillment import WarehouseFacts
from infra.warehouse.port import CancelNotice


async def take(notice: CancelNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    work_order = await locked(notice.reference, speaker)
    if await fulfillment.refuse(work_order.id, notice.reason or "The warehouse canceled this order."):
        return "canceled by the warehouse", "processed"
    return "canceled by the warehouse after it was settled", "ignored"
