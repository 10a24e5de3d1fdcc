"""A person lets a work order go to its warehouse, or holds it back.

One transaction each. Pressed twice, the second finds it done: letting out what is let out posts the same job, which
sends one reference once; holding what is held changes nothing.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows.work_order_steps import locked, push, tell
from app.kernel.errors import Refusal


class HoldInTheWay(Refusal):
    """Letting one work order go does not lift what holds its whole order."""

    code = "fulfillment.hold_in_the_way"
    status = 409
    message = "This order is held back. Let it go on the page of the order, then it is sent by itself."

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


async def release_work_order(work_order_id: UUID, *, actor: str) -> None:
    """Raises NotFound, NotWaiting, HoldInTheWay."""
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        if order.status != "placed" or order.payment_status not in orders.MAY_SHIP:
            raise fulfillment.NotWaiting
        if work_order.status == "on_hold" and work_order.status_reason.startswith(fulfillment.HELD):
            raise HoldInTheWay(reason=work_order.status_reason)
        await fulfillment.let_out(work_order_id)
        await push(work_order_id)
        if work_order.status != "open":
            await tell(order, "released", work_order.reference, actor=actor)


async def hold_work_order(work_order_id: UUID, *, actor: str, words: str = "") -> None:
    """Raises NotFound, NotWaiting when it was sent: then ask to stop it."""
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        await fulfillment.hold_by_hand(work_order_id)
        if work_order.status != "on_hold":
            await tell(order, "held", work_order.reference, actor=actor, words=words[:300])
