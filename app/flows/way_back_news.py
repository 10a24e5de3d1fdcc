"""A step of whoever moves parcels: what was decided about goods that could not be stopped may be followed now."""

from __future__ import annotations

from uuid import UUID

from app import fulfillment
from tenants import outbox


async def post_due(order_id: UUID) -> None:
    """The order is locked."""
    for one in await fulfillment.due_ways_back(order_id):
        await outbox.post("fulfillment.way_back", key=f"way_back:{one}", way_back_id=one)
