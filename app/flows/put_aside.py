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


class Contradiction(Exception):
    """Believed, but it cannot be true; the reason is a code the desk has words for. Nothing was written yet."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def put_aside(source: str, body: str, reason: str) -> None:
    """Keep a notice nobody may act on, once however often it comes."""
    event_id = f"aside:{hashlib.sha256(body.encode('utf-8', 'replace')).hexdigest()[:40]}"
    async with tenants.transaction():
        await keep_aside(source, event_id, body, reason)


async def keep_aside(source: str, event_id: str, body: str, reason: str, *, number: str = "") -> None:
    """The same inside the open transaction, for news that was already taken. Its ticket is opened with it."""
    await payments.quarantine(source, event_id, body, reason)
    await tickets.open(TICKET, f"{source}:{event_id}", details={"source": source, "reason": reason, "number": number})
    log.warning("webhook.quarantined", source=source, event_id=event_id, reason=reason)
