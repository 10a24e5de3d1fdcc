"""Where the news of a warehouse leave a work order: a function of everything told so far, whatever came first.

Each piece of news is written down, and the state follows from all of them together. More news only moves it on:
accepted -> rejected -> incomplete -> closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import tenants
from app.fulfillment import causes
from app.fulfillment.exception_desk import BY_ITSELF
from app.fulfillment.parcels import Progress, progress
from app.fulfillment.work_orders import WorkOrder, lock
from app.kernel.clock import now
from app.kernel.ids import new_id

# A reason stays as long as the work order is short of something; only a work order that is done loses it.
# Who misses units of it has it, whatever was said before or after.
# Once it is closed, whatever was said to be missing came all the same, or is not wanted any more.
SETTLE = """
WITH settled AS (
    UPDATE fulfillment_order SET status = $2, updated_at = now(), asked_at = NULL,
        status_reason = CASE WHEN $2 NOT IN ('rejected', 'incomplete') THEN '' WHEN $3 <> '' THEN $3
            WHEN status IN ('rejected', 'incomplete') THEN status_reason ELSE '' END,
        ended_at = CASE WHEN $4 THEN coalesce(ended_at, now()) ELSE ended_at END,
        submitted_at = coalesce(submitted_at, now()),
        accepted_at = CASE WHEN $2 = 'rejected' AND NOT $5 THEN accepted_at ELSE coalesce(accepted_at, now()) END
    WHERE id = $1
), found AS (
    UPDATE short_pick SET status = 'settled' WHERE fulfillment_order = $1 AND status = 'open' AND $2 = 'closed'
)
UPDATE fulfillment_exception SET status = 'resolved', resolved_at = $6, resolved_by = $7
WHERE status = 'open' AND subject = $1::text AND kind = ANY($8)
"""
KNOWN = """
SELECT line.order_line, line.quantity AS asked, coalesce(packed.gone, 0) AS gone,
    coalesce(short.missing, 0) AS missing, EXISTS (
        SELECT 1 FROM fulfillment WHERE fulfillment_order = $1 AND status <> 'canceled') AS sent
FROM fulfillment_order_line AS line
LEFT JOIN (SELECT packed.order_line, sum(packed.quantity)::bigint AS gone FROM fulfillment AS parcel
    JOIN fulfillment_line AS packed ON packed.fulfillment = parcel.id
    WHERE parcel.fulfillment_order = $1 AND parcel.status <> 'canceled' GROUP BY packed.order_line) AS packed
    ON packed.order_line = line.order_line
LEFT JOIN short_pick AS short ON short.fulfillment_order = $1 AND short.order_line = line.order_line
    AND short.status = 'open'
WHERE line.fulfillment_order = $1 ORDER BY line.order_line
"""
HAND_OVER = """
INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, carrier_name, status, shipped_at, delivered_at,
    created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, 'delivered', $6, $6, now(), now())
ON CONFLICT (fulfillment_order, parcel_ref) DO NOTHING RETURNING id
"""


def standing(lines: Iterable[Progress], missing: Mapping[UUID, int], *, sent: bool, ended: bool) -> str:
    """The state of a work order the warehouse has: `sent` says a parcel left, `ended` that no more will follow."""
    lines = list(lines)
    if all(line.gone >= line.asked for line in lines):
        return "closed"
    if all(line.gone + missing.get(line.order_line, 0) >= line.asked for line in lines):
        return "incomplete"
    if not ended:
        return "accepted"
    return "incomplete" if sent else "rejected"


async def settle_work_order(work_order: WorkOrder, *, complete: bool, reason: str = "") -> str:
    """Move the work order by what is known now: closed when all of it has left, incomplete when no more will follow.

    `complete` says that nothing more will; that is remembered.
    """
    ended = complete or work_order.ended_at is not None
    known = await tenants.connection().fetch(KNOWN, work_order.id)
    lines = [Progress(row["order_line"], row["asked"], row["gone"]) for row in known]
    missing = {row["order_line"]: row["missing"] for row in known if row["missing"]}
    status = standing(lines, missing, sent=any(row["sent"] for row in known), ended=ended)
    await tenants.connection().execute(
        SETTLE, work_order.id, status, reason[:500], ended, bool(missing), now(), BY_ITSELF, causes.ended_by(status)
    )
    if status in causes.STANDS_STILL:
        await causes.look_at(work_order.id)
    return status


async def refuse(work_order: UUID, reason: str) -> bool:
    """The warehouse says it will not ship this, or not more of it. False when it is settled already."""
    found = await lock(work_order)
    if found.status == "canceled":
        return False
    return await settle_work_order(found, complete=True, reason=reason) != "closed"


async def hand_over(work_order: WorkOrder, *, by: str, at: datetime) -> None:
    """What has not left yet was put into the customer's hands: a parcel nobody carries, and the work order is closed.

    Twice is once.
    """
    left = [(line.order_line, line.asked - line.gone) for line in await progress(work_order.id)]
    parcel = await tenants.connection().fetchval(
        HAND_OVER, new_id(), work_order.id, work_order.order_id, f"{work_order.reference}-H", by, at
    )
    if parcel is not None:
        await tenants.connection().executemany(
            "INSERT INTO fulfillment_line (id, fulfillment, order_line, quantity) VALUES ($1, $2, $3, $4)",
            [(new_id(), parcel, line, units) for line, units in left if units > 0],
        )
    await settle_work_order(work_order, complete=True)
