"""A person has looked at a notice that was put aside: it and its ticket are done with, in one transaction."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import payments, tickets
from app.flows.put_aside import TICKET
from app.identity import Viewer


async def handle_notice(notice_id: UUID, *, note: str, by: Viewer) -> None:
    """Raises NotFound, AlreadyHandled."""
    async with tenants.transaction():
        source, event_id = await payments.handle_aside(notice_id, by=by.name, note=note)
        await tickets.close(TICKET, f"{source}:{event_id}")
