"""A paid order becomes work orders: one for each warehouse its stock is tied to.

One transaction; safe to repeat. The reference the warehouse will know is the order's number and a count, so that a
person on the telephone can read it out.
"""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows import campaign_seats, leader_handing
from app.fulfillment import WantedLine
from tenants import outbox


async def plan_fulfillment(order_id: UUID) -> None:
    """Plan what is to be sent and ask for it to be pushed. An order that nobody pays, or is closed, is left alone.

    What waits for its group is planned on hold, and so is what a leader hands out.
    """
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.status != "placed" or order.payment_status not in orders.MAY_SHIP:
            return
        waits_for = await _waits_for(order)
        for number, (warehouse, lines) in enumerate(sorted((await _wanted(order_id)).items()), 1):
            reference = f"{order.number}-{number}"
            work_order = await fulfillment.plan(order_id, warehouse, reference, lines, waits_for=waits_for)
            if work_order and not waits_for:
                await outbox.post(
                    "fulfillment.push_order", queue="critical", key=f"push:{work_order}", work_order_id=str(work_order)
                )


async def _waits_for(order: orders.Order) -> str:
    if await leader_handing.is_handed_over(order):
        return leader_handing.BY_LEADER
    return campaign_seats.WAITS_FOR_GROUP if await campaign_seats.waits(order) else ""


async def _wanted(order_id: UUID) -> dict[UUID, list[WantedLine]]:
    """What each warehouse holds for this order. Lines without stock need no parcel."""
    rows = await tenants.connection().fetch(
        "SELECT r.warehouse, r.order_line, l.sku, r.quantity"
        " FROM reservation r JOIN order_line l ON l.id = r.order_line"
        " WHERE r.order_id = $1 AND r.status = 'allocated' AND l.requires_shipping ORDER BY l.line_number",
        order_id,
    )
    wanted: dict[UUID, list[WantedLine]] = defaultdict(list)
    for row in rows:
        wanted[row["warehouse"]].append(WantedLine(row["order_line"], row["sku"], row["quantity"]))
    return wanted
