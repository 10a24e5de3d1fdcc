"""The clock looks at work orders: those without batch or promise get one, and late ones are told to a person.

One transaction; safe to repeat. Before the promised moment is over there is a warning, which becomes the real thing.
"""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import fulfillment
from app.flows.arranging import arrange
from app.fulfillment import trouble
from app.kernel.clock import now

PER_LOOK = 500
# What waits in peace, and what no more is coming of, was told otherwise.
LATE = """
SELECT work.id, work.ship_by, work.ship_by <= $1 AS missed FROM fulfillment_order AS work
WHERE work.status NOT IN ('closed', 'canceled', 'incomplete') AND work.ship_by <= $2
    AND NOT work.status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling') AND NOT EXISTS (
        SELECT 1 FROM fulfillment_exception AS known WHERE known.subject = work.id::text
            AND known.kind = CASE WHEN work.ship_by <= $1 THEN $3 ELSE $4 END)
ORDER BY work.ship_by, work.id LIMIT $5
"""


async def watch_promises() -> None:
    async with tenants.transaction():
        await arrange()
        terms, at = await fulfillment.shipping_terms(), now()
        rows = await tenants.connection().fetch(
            LATE, at, at + timedelta(hours=terms.warn_hours), trouble.SLA_MISSED, trouble.SLA_NEAR, PER_LOOK
        )
        for row in rows:
            kind = trouble.SLA_MISSED if row["missed"] else trouble.SLA_NEAR
            if row["missed"]:
                await fulfillment.close_by_itself(row["id"], trouble.SLA_NEAR)
            await fulfillment.raise_exception(
                kind, work_order=row["id"], params={"ship_by": row["ship_by"].isoformat(timespec="minutes")}
            )
