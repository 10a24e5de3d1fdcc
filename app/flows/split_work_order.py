"""A person divides a work order, sends a part of it now, or puts two together again.

One transaction each. The page names what it showed: who presses twice finds the units gone, and nothing is split again.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.work_order_steps import locked, push, tell
from app.fulfillment import WorkOrder


class LooksDifferent(fulfillment.NothingToSplit):
    """Somebody changed it since the page was shown."""

    code = "fulfillment.looks_different"
    status = 409
    message = "This work order has changed since you opened the page. Look again; nothing was split."


async def split_work_order(
    work_order_id: UUID, seen: int, units: Mapping[UUID, int], *, actor: str, rest_waits: bool = False
) -> str:
    """The reference of the new work order, which asks for these units. `seen` are the units the page showed.

    With `rest_waits` the new one is what waits until somebody lets it out, and the old one goes now.
    Raises NotFound, LooksDifferent, AlreadySent, NothingToSplit.
    """
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        await _require_seen(work_order, seen)
        reference = await fulfillment.next_reference(order.id, order.number)
        made = await fulfillment.split_off(work_order, units, reference, hold=rest_waits)
        if rest_waits:
            await fulfillment.let_out(work_order.id)
            await push(work_order.id)
        elif work_order.status == "open":
            await push(made)
        deed = "partial" if rest_waits else "split"
        await tell(order, deed, work_order.reference, actor=actor, new=reference)
    return reference


async def _require_seen(work_order: WorkOrder, seen: int) -> None:
    if sum(line.asked for line in await fulfillment.progress(work_order.id)) != seen:
        raise LooksDifferent


async def merge_work_orders(kept_id: UUID, other_id: UUID, *, actor: str) -> None:
    """What the other asks for is asked by the first one. Raises NotFound, NotMergeable."""
    async with tenants.transaction():
        order, _first = await locked(min(kept_id, other_id))
        kept, other = await fulfillment.lock(kept_id), await fulfillment.lock(other_id)
        await fulfillment.merge_into(kept, other)
        await tell(order, "merged", kept.reference, actor=actor, new=other.reference)
