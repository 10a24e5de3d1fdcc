"""Steps that journeys of work orders share, inside an open transaction: locking, pushing, and telling the history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from app import fulfillment, inventory, orders
from app.fulfillment import WorkOrder
from app.inventory import Moving
from app.kernel.errors import Refusal
from app.orders import Order
from tenants import outbox

# A warehouse that answers every third question has an order within minutes; one that is silent is asked for hours.
MOST_TRIES = 24
SENT = ("open", "on_hold", "submitted", "accepted")


async def locked(work_order_id: UUID) -> tuple[Order, WorkOrder]:
    """Order before work order, like every journey. Raises NotFound."""
    order = await orders.lock_by_work_order(work_order_id)
    return order, await fulfillment.lock(work_order_id)


class TooLateToStop(Refusal):
    """A part of it has left, or it is over."""

    code = "fulfillment.too_late_to_stop"
    status = 409
    message = "Something of this has left the warehouse, so it cannot be stopped any more. Settle it as a return."


async def require_stoppable(work_order: WorkOrder) -> None:
    """Raises TooLateToStop."""
    left = any(line.gone for line in await fulfillment.progress(work_order.id))
    if left or work_order.status not in SENT:
        raise TooLateToStop


async def post_stop(work_order_id: UUID) -> None:
    """Its warehouse is asked."""
    await outbox.post(
        "fulfillment.stop", queue="critical", key=f"stop:{work_order_id}", work_order_id=str(work_order_id)
    )


async def push(work_order_id: UUID) -> None:
    """It goes to its warehouse; the same wish twice is one."""
    await outbox.post(
        "fulfillment.push_order", queue="critical", key=f"push:{work_order_id}", max_attempts=MOST_TRIES,
        work_order_id=str(work_order_id),
    )  # fmt: skip


async def tell(order: Order, deed: str, reference: str, *, actor: str, **more: Any) -> None:
    """Write in the order's history what was done with which work order."""
    after = {"deed": deed, "reference": reference, **more}
    await orders.record_edit(order.id, "shipping", before=None, after=after, actor=actor, cause=f"shipping.{deed}")


async def move_stock(order_id: UUID, work_order: WorkOrder, target: UUID) -> None:
    """What is promised from one warehouse is promised from the other, also what was lent there for a live session: the
    parcel goes as a whole. Last before COMMIT. Raises GoneMeanwhile.
    """
    wanted = {line.order_line: line.asked - line.gone for line in await fulfillment.progress(work_order.id)}
    await inventory.move_promises(
        order_id,
        [
            Moving(part.order_line, part.variant, part.warehouse, target, min(part.units, wanted[part.order_line]))
            for part in await inventory.allotted_of(order_id)
            if part.warehouse == work_order.warehouse and wanted.get(part.order_line)
        ],
    )
