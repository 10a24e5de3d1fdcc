"""A warehouse counted its shelves. Part of `ship_order`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from app import fulfillment
from app.flows.warehouse_news import Outcome
from app.fulfillment import Counted, WarehouseFacts
from infra.warehouse.port import StockNotice


async def take(notice: StockNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """Kept for the nightly comparison; what we promise rests on our own figures."""
    if speaker is None:
        return "counted by nobody we know", "ignored"
    await take_all([notice], speaker)
    return "stock count", "processed"


async def take_all(notices: Iterable[StockNotice], speaker: WarehouseFacts) -> None:
    """Counts are dated and whole, so they need no inbox: an older one changes nothing. Kept by our own numbers."""
    rooms = [one for one in await fulfillment.warehouses() if one.is_told_by(speaker)]
    told: dict[UUID, list[StockNotice]] = {}
    for notice in notices:
        told.setdefault(_room(rooms, notice.warehouse_code, speaker).id, []).append(notice)
    for room, counts in told.items():
        ours = await fulfillment.our_skus(room, {notice.sku for notice in counts})
        await fulfillment.note_counts(
            Counted(room, ours[notice.sku], notice.available, notice.counted_at)
            for notice in counts
            if notice.sku in ours
        )


def _room(rooms: Sequence[WarehouseFacts], code: str, speaker: WarehouseFacts) -> WarehouseFacts:
    """One account may have several warehouses, told apart by the vendor's code."""
    return next((room for room in rooms if code and room.code == code), speaker)
