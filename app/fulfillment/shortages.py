"""Units a warehouse does not send, once somebody decided about them: off its work order, and under a new reference."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app.fulfillment import causes
from app.fulfillment.parcels import progress
from app.fulfillment.settling import settle_work_order
from app.fulfillment.short_picks import settle_shorts
from app.fulfillment.work_orders import WorkOrder, lock

MISSING = """
SELECT work.id, line.order_line, work.warehouse, least(short.missing, line.quantity - coalesce((
    SELECT sum(packed.quantity) FROM fulfillment_line AS packed JOIN fulfillment AS parcel
        ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
    WHERE parcel.fulfillment_order = work.id AND packed.order_line = line.order_line), 0))::integer AS units
FROM fulfillment_order AS work JOIN short_pick AS short ON short.fulfillment_order = work.id AND short.status = 'open'
JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id AND line.order_line = short.order_line
WHERE work.order_id = $1 AND work.status <> 'canceled' ORDER BY work.reference, line.order_line
"""
FEWER = """
WITH gone AS (
    DELETE FROM fulfillment_order_line WHERE fulfillment_order = $1 AND order_line = $2 AND quantity <= $3
)
UPDATE fulfillment_order_line SET quantity = quantity - $3
WHERE fulfillment_order = $1 AND order_line = $2 AND quantity > $3
"""


async def missing_units(order_id: UUID) -> dict[UUID, dict[tuple[UUID, UUID], int]]:
    """By work order, the units of each line that its warehouse will not send and nobody has decided about yet."""
    found: dict[UUID, dict[tuple[UUID, UUID], int]] = {}
    for row in await tenants.connection().fetch(MISSING, order_id):
        if row["units"] > 0:
            found.setdefault(row["id"], {})[row["order_line"], row["warehouse"]] = row["units"]
    return found


async def take_off_missing(work_order: WorkOrder, units: Mapping[UUID, int]) -> None:
    """The warehouse is not asked for them any more; what is left of the work order goes its way, and other lines that
    miss units still wait for somebody.
    """
    await tenants.connection().executemany(FEWER, [(work_order.id, line, count) for line, count in units.items()])
    await settle_shorts(work_order.id, units)
    if await progress(work_order.id):
        await settle_work_order(await lock(work_order.id), complete=False)
    else:
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET status = 'canceled', status_reason = '', updated_at = now() WHERE id = $1",
            work_order.id,
        )
        await causes.is_gone(work_order.id, "canceled")
