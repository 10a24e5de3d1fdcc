"""Taking units off a work order that does not go to its warehouse any more, or of which no more will be sent."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app.fulfillment import causes
from app.fulfillment.parcels import progress
from app.fulfillment.settling import settle_work_order
from app.fulfillment.work_orders import WorkOrder, lock

# `submitted_at` stands as long as the warehouse may know of it, whatever state the work order waits in now.
PACKING = """
SELECT line.order_line, work.warehouse FROM fulfillment_order_line AS line
JOIN fulfillment_order AS work ON work.id = line.fulfillment_order
WHERE work.order_id = $1 AND (work.status IN ('submitted', 'accepted')
    OR (work.status IN ('open', 'on_hold') AND work.submitted_at IS NOT NULL))
"""
# First from work orders that miss units of the line: nobody would send those anyway.
UNSENT = """
SELECT work.id, line.order_line, work.warehouse, line.quantity - coalesce((
    SELECT sum(packed.quantity) FROM fulfillment_line AS packed JOIN fulfillment AS parcel
        ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
    WHERE parcel.fulfillment_order = work.id AND packed.order_line = line.order_line), 0)::integer AS units
FROM fulfillment_order AS work JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id
WHERE work.order_id = $1 AND line.order_line = ANY($2::uuid[])
    AND work.status NOT IN ('submitted', 'accepted', 'closed', 'canceled')
ORDER BY NOT EXISTS (SELECT 1 FROM short_pick AS short WHERE short.fulfillment_order = work.id
    AND short.order_line = line.order_line AND short.status = 'open'), work.reference, line.order_line
"""
FEWER = """
UPDATE fulfillment_order_line SET quantity = quantity - $2 WHERE fulfillment_order = $3 AND order_line = $1
    AND quantity > $2 RETURNING id
"""


async def packing(order_id: UUID) -> set[tuple[UUID, UUID]]:
    """Order lines whose unsent units a warehouse may be packing right now, each with that warehouse."""
    rows = await tenants.connection().fetch(PACKING, order_id)
    return {(row["order_line"], row["warehouse"]) for row in rows}


async def take_off(order_id: UUID, units: Mapping[tuple[UUID, UUID], int]) -> None:
    """Ask these warehouses for fewer units of these lines. The caller made sure that none of them is packing them.

    A work order that asks for nothing any more is canceled; one of which the rest had not come is closed.
    """
    left, touched = dict(units), []
    for row in await tenants.connection().fetch(UNSENT, order_id, [line for line, _place in units]):
        place = row["order_line"], row["warehouse"]
        if fewer := min(left.get(place, 0), row["units"]):
            left[place] -= fewer
            await _fewer(row["id"], row["order_line"], fewer)
            touched.append(row["id"])
    for work_order in dict.fromkeys(touched):
        await _settle(await lock(work_order))


async def _fewer(work_order: UUID, line: UUID, units: int) -> None:
    if await tenants.connection().fetchval(FEWER, line, units, work_order) is None:
        await tenants.connection().execute(
            "DELETE FROM fulfillment_order_line WHERE fulfillment_order = $1 AND order_line = $2", work_order, line
        )


async def _settle(work_order: WorkOrder) -> None:
    if not await progress(work_order.id):
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET status = 'canceled', status_reason = '', updated_at = now() WHERE id = $1",
            work_order.id,
        )
        await causes.is_gone(work_order.id, "canceled")
    elif work_order.status == "incomplete":
        await settle_work_order(work_order, complete=True)
