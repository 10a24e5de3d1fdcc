"""A merchant has dealt with a difference. The audit entry is written first; the ticket follows.

Two transactions, because the audit log lives with the platform: should the second fail, the log says what was meant.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import tickets
from app.identity import Viewer
from tenants import audit, platform


async def resolve_ticket(ticket_id: UUID, *, note: str, by: Viewer) -> None:
    """Raises NotFound, AlreadyResolved."""
    async with tenants.transaction():
        ticket = await tickets.find(ticket_id)
    if ticket.status != "open":
        raise tickets.AlreadyResolved
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action="ticket.resolved",
            tenant=tenants.current().id, subject=ticket.subject, reason=note,
            details={"ticket": str(ticket.id), "kind": ticket.kind, "amount": ticket.amount},
        )  # fmt: skip
    async with tenants.transaction():
        await tickets.resolve(ticket_id, by=by.name, note=note)
