"""Somebody has dealt with a difference of goods: its ticket and its line in the queue of shipping close together."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment, tickets
from app.fulfillment import trouble
from app.identity import Viewer
from app.kernel.errors import NotFound


async def close_difference(ticket_id: UUID, *, note: str, by: Viewer) -> None:
    """Raises NotFound, also for tickets of the books, and AlreadyResolved."""
    async with tenants.transaction():
        ticket = await tickets.find(ticket_id)
        if not ticket.kind.startswith(tickets.GOODS):
            raise NotFound
        await tickets.resolve(ticket_id, by=by.name, note=note)
        await fulfillment.close_by_itself(f"{ticket.kind}:{ticket.subject}", trouble.RECONCILIATION_DIFFERENCE)
