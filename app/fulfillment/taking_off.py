"""Taking units off a work order that does not go to its warehouse any more, or of which no more will be sent."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app.fulfillment.parcels import progress, settle_work_order
from app.fulfillment.work_orders import WorkOrder, lock

# `submitted_at` stands as long as the warehouse may know of it, whatever state the work order waits in now.
AT_WAREHOUSE = """
SELECT line.order_line FROM fulfillment_order_line AS line
JOIN fulfillment_order AS work ON work.id = line.fulfillment_order
WHERE work.order_id = $1 AND (work.status IN ('submitted', 'accepted')
    OR (work.status IN ('open', 'on_hold') AND work.submitted_at IS NOT NULL))
"""
FEWER = """
UPDATE fulfillment_order_line SET quantity = quantity - $2 WHERE fulfillment_order = $3 AND order_line = $1
    AND quantity > $2 RETURNING id
"""


async def lines_at_warehouse(order_id: UUID) -> set[UUID]:
    """Order lines whose unsent units a warehouse may be packing right now."""
    rows = await tenants.connection().fetch(AT_WAREHOUSE, order_id)
    return {row["order_line"] for row in rows}


async def take_off(order_id: UUID, units: Mapping[UUID, int]) -> None:
    """Ask for fewer units of these lines. The caller made sure that no warehouse is packing them.

    A work order that asks for nothing any more is canceled; one of which the rest had not come is closed.
    """
    rows = await tenants.connection().fetch(
        "SELECT work.id, line.order_line FROM fulfillment_order AS work"
        " JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id"
        " WHERE work.order_id = $1 AND line.order_line = ANY($2::uuid[])"
        " AND work.status NOT IN ('closed', 'canceled') ORDER BY work.reference",
        order_id,
        list(units),
    )
    for row in rows:
        await _fewer(row["id"], row["order_line"], units[row["order_line"]])
    for work_order in {row["id"] for row in rows}:
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
    elif work_order.status == "incomplete":
        await settle_work_order(work_order, complete=True)
