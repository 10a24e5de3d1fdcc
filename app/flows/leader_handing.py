"""Goods that go through the hands of whoever leads a list: no warehouse sends them, the hand-out is the delivery.

Steps inside an open transaction, with the order's row locked; not journeys of their own. The work order is planned like
any other, so that the goods are set aside for the order and the merchant sees what the leader has to get. It is never
sent to its warehouse: it is closed when what was handed out cannot be taken back any more.
"""

from __future__ import annotations

from datetime import datetime

from app import fulfillment, inventory, orders, pickups
from app.orders import Order

BY_LEADER = "group_buying.by_leader"  # the reason of a work order that no warehouse gets to see


async def is_handed_over(order: Order) -> bool:
    """Whether the order goes from hand to hand instead of in a parcel."""
    pickup = await pickups.pickup_of(order.id) if order.campaign else None
    return pickup is not None and pickup.point is None


async def is_planned(order: Order) -> bool:
    """Whether it is known by now which goods are the order's."""
    if await fulfillment.work_orders_of(order.id):
        return True
    return not any(line.requires_shipping for line in await orders.lines_of(order.id))


async def close(order: Order, *, by: str, at: datetime) -> None:
    """The customer has everything that was still asked for: work orders are closed, the order is fulfilled."""
    for known in await fulfillment.work_orders_of(order.id):
        if known.status not in ("closed", "canceled"):
            await fulfillment.hand_over(await fulfillment.lock(known.id), by=by, at=at)
    if order.fulfillment_status in ("unfulfilled", "partially_fulfilled"):
        await orders.move(order.id, "fulfillment_status", "fulfilled", cause="handed_out", actor=by)


async def take_from_stock(order: Order) -> None:
    """What was given away is no longer on the shelf. Last, like everything that touches stock."""
    for work_order in await fulfillment.work_orders_of(order.id):
        gone = {line.order_line: line.gone for line in await fulfillment.progress(work_order.id) if line.gone}
        await inventory.ship(gone, work_order.warehouse, actor="leader")
