"""Units of an order that will not be sent any more: a step inside an open transaction, with the order's row locked."""

from __future__ import annotations

from app import fulfillment, inventory, orders
from app.kernel.errors import Refusal
from app.orders import Order


class UnitsHaveLeft(Refusal):
    """Fewer of them are left to be taken out than were asked for."""

    code = "orders.units_have_left"
    status = 409
    message = (
        "Of %(title)s only %(left)s can still be taken out; the rest is on its way. When it has arrived, you can send"
        " it back."
    )

    def __init__(self, *, title: str, left: int) -> None:
        super().__init__(title=title, left=left)


async def move_on(order: Order, *, cause: str) -> None:
    """With them gone, the order may be one of which everything left, or of which nothing ever will."""
    waits = any(standing.promised for standing in (await inventory.standing_of(order.id)).values())
    if waits or not await fulfillment.has_shipped_all(order.id):
        return
    if order.fulfillment_status == "unfulfilled":
        await orders.move(order.id, "fulfillment_status", "canceled", cause=cause)
    elif order.fulfillment_status == "partially_fulfilled":
        await orders.move(order.id, "fulfillment_status", "fulfilled", cause=cause)
        if await fulfillment.has_delivered_all(order.id):
            await orders.move(order.id, "fulfillment_status", "delivered", cause=cause)
