"""Somebody holds an order back, or lets it go; what only waited for the clock goes by itself.

One transaction each. What a warehouse has, or may have, is not held: recalling it is another journey.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows import order_holds
from app.kernel.clock import now
from app.kernel.errors import Refusal

REVIEWED = """
SELECT hold.order_id FROM fulfillment_hold AS hold WHERE hold.kind = 'fraud' AND hold.released_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM risk_case WHERE risk_case.order_id = hold.order_id AND risk_case.status = 'open')
LIMIT 200
"""


class NothingToHold(Refusal):
    """Everything of it is on its way, or over."""

    code = "fulfillment.nothing_to_hold"
    status = 409
    message = "The warehouse has this order already, or it is over. Nothing was held."


class NothingHeld(Refusal):
    """Somebody else was quicker, or it never was held."""

    code = "fulfillment.nothing_held"
    status = 409
    message = "This order is not held any more."


async def hold_order(order_id: UUID, words: str, *, by: str) -> None:
    """Raises NotFound, NothingToHold. Held twice is held once."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.status != "placed" or order.fulfillment_status not in ("unfulfilled", "partially_fulfilled"):
            raise NothingToHold
        known = await fulfillment.work_orders_of(order_id)
        if known and not any(one.status in ("open", "on_hold") and one.submitted_at is None for one in known):
            raise NothingToHold
        await fulfillment.open_hold(order_id, "manual", by=by, words=words)
        await fulfillment.settle_holds(order_id)


async def release_order(order_id: UUID, kinds: Sequence[str] | None = None, *, by: str) -> None:
    """Raises NotFound, NothingHeld."""
    async with tenants.transaction():
        await orders.lock(order_id)
        if not await order_holds.release(order_id, kinds, by=by):
            raise NothingHeld


async def release_what_waited_long_enough() -> None:
    """By the clock: holds whose time is over, and those for a review that ended without anybody's word.

    Each in a transaction of its own, so that no order waits for another.
    """
    async with tenants.transaction():
        waiting = await fulfillment.orders_whose_hold_is_over(now())
        reviewed = [row["order_id"] for row in await tenants.connection().fetch(REVIEWED)]
    for order_id in waiting:
        async with tenants.transaction():
            await orders.lock(order_id)
            await fulfillment.release_timed(order_id, now())
            await order_holds.follow(order_id)
    for order_id in reviewed:
        async with tenants.transaction():
            await orders.lock(order_id)
            await order_holds.release(order_id, ["fraud"], by=order_holds.RULE)
