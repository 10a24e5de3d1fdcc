"""A notice that is rightly signed but contradicts what we know: kept for a person, and nothing is moved.

Not a journey but the one place that tells people about it.
"""

from __future__ import annotations

import hashlib

import structlog

import tenants
from app import payments, tickets

log = structlog.get_logger()

TICKET = "webhook.quarantined"


async def put_aside(source: str, body: str, reason: str) -> None:
    """Keep a notice nobody may act on, once however often it comes. `reason` is a code the desk has words for."""
    event_id = f"aside:{hashlib.sha256(body.encode('utf-8', 'replace')).hexdigest()[:40]}"
    async with tenants.transaction():
        await payments.quarantine(source, event_id, body, reason)
        await alert(source, event_id, reason)
    log.warning("webhook.quarantined", source=source, event_id=event_id, reason=reason)


async def alert(source: str, event_id: str, reason: str, *, number: str = "", amount: int = 0) -> None:
    """Open the ticket of a quarantined notice, in the transaction that keeps it. Said again, it is the same ticket."""
    details = {"source": source, "reason": reason, "number": number}
    currency = tenants.current().currency if amount else ""
    await tickets.open(TICKET, f"{source}:{event_id}", amount=amount, currency=currency, details=details)
