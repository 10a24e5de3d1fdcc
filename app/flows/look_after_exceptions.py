"""The clock's look at everything that stands still: what a person must see is raised, what is right again is closed.

One transaction; safe to repeat. Notices that were put aside belong to the inbox and the exceptions to shipping, which
is why this is a flow.
"""

from __future__ import annotations

import tenants
from app import fulfillment
from app.fulfillment import trouble

ASIDE = """
SELECT event.id, event.source, event.outcome FROM webhook_event AS event
WHERE event.source IN ('warehouse', 'carrier') AND event.status = 'quarantined' AND event.handled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM fulfillment_exception AS known WHERE known.subject = event.id::text)
ORDER BY event.received_at LIMIT 200
"""
HANDLED = """
SELECT one.subject FROM fulfillment_exception AS one JOIN webhook_event AS event ON event.id::text = one.subject
WHERE one.status = 'open' AND one.kind = ANY($1::text[]) AND event.handled_at IS NOT NULL LIMIT 200
"""
OF_NOTICES = (trouble.QUARANTINED_NOTICE, trouble.UNKNOWN_PARCEL_LINES)
STRANGE_LINES = "parcel holds lines we did not order"


async def look_after_exceptions() -> None:
    async with tenants.transaction():
        await fulfillment.look_at_everything()
        database = tenants.connection()
        for row in await database.fetch(ASIDE):
            strange = row["outcome"].startswith(STRANGE_LINES)
            kind = trouble.UNKNOWN_PARCEL_LINES if strange else trouble.QUARANTINED_NOTICE
            await fulfillment.raise_exception(
                kind, subject=row["id"], params={"source": row["source"], "reason": row["outcome"]}
            )
        handled = await database.fetch(HANDLED, list(OF_NOTICES))
        await fulfillment.close_these([row["subject"] for row in handled], *OF_NOTICES)
