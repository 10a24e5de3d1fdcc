"""A leader hands goods out: the batch has come, a code is looked at, somebody takes the goods, or that was a mistake.

One transaction each, on the order's locked row. The leader answers for the own points and lists only:
everything else is not found. Of a list, goods are handed out by the number; at a point, to whoever shows the code.
Until the time to undo is over nothing follows of a hand-out; then the order is delivered and completed, and commissions
begin to become due.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import group_buying, orders, pickups, promoters, promotions
from app.flows import leader_handing, pickup_news
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.pickups import Batch, Pickup
from tenants import outbox

BETWEEN_REMINDERS = timedelta(hours=20)


async def look_up(leader: UUID, typed: str) -> Pickup:
    """Whose code it is. Raises UnknownCode."""
    async with tenants.transaction():
        return await pickups.find_by_code(typed, leader)


async def hand_out(leader: UUID, typed: str) -> tuple[Pickup, bool]:
    """The pickup, and False when it was handed out before. Raises UnknownCode, NotYet, CalledOff."""
    async with tenants.transaction():
        found = await pickups.find_by_code(typed, leader)
        name = (await promoters.find(leader)).name
        new = await _collect(found.order_id, actor=name)
        return await pickups.find(found.order_id), new


async def hand_out_of_list(leader: UUID, campaign: UUID, order_id: UUID) -> bool:
    """By the number in the leader's own list. False when it was before. Raises NotFound, NotYet, CalledOff."""
    async with tenants.transaction():
        pickup = await _own(leader, order_id)
        if pickup.point is not None or pickup.campaign != campaign:
            raise NotFound
        return await _collect(order_id, actor=(await promoters.find(leader)).name)


async def hand_out_by_store(order_id: UUID, *, actor: str) -> bool:
    """The merchant says that it was handed out, without a code. Raises NotFound, NotYet, CalledOff."""
    async with tenants.transaction():
        return await _collect(order_id, actor=actor)


async def take_back(leader: UUID, order_id: UUID) -> None:
    """It was not handed out after all. Raises NotFound, TooLateToUndo."""
    async with tenants.transaction():
        await orders.lock(order_id)
        await _own(leader, order_id)
        if not await pickups.undo(order_id, actor=(await promoters.find(leader)).name):
            raise pickups.TooLateToUndo(minutes=pickups.UNDO // timedelta(minutes=1))
        await group_buying.chains.hand_out(order_id, done=False)


async def complete_pickup(order_id: UUID) -> bool:
    """The time to undo is over: the customer has the goods. False while there is something to wait for.

    What a leader handed out of a list leaves the shelf now; of a point's goods the warehouse told that before.
    """
    async with tenants.transaction():
        order, pickup = await orders.lock(order_id), await pickups.find(order_id)
        if not await _has_come(order, pickup) or not await pickups.complete(order_id):
            return False
        if pickup.point is None and pickup.collected_at:
            await leader_handing.close(order, by=pickup.collected_by, at=pickup.collected_at)
            order = await orders.find(order_id)
        if order.fulfillment_status == "fulfilled":
            await orders.move(order_id, "fulfillment_status", "delivered", cause="picked_up")
            if order.status == "placed":
                await orders.move(order_id, "status", "completed", cause="picked_up")
                await promotions.earn(order_id, refunded=order.refunded_amount, paid=order.paid_amount)
        await outbox.post("commissions.settle", queue="bulk", key=f"settle:{order_id}", order_id=order_id)
        if pickup.point is None:
            await leader_handing.take_from_stock(order)
    return True


async def note_arrival(leader: UUID, batch_id: UUID) -> int:
    """Everything of the batch lies at the point; whoever waits is told. How many that are. Raises NotFound.

    A transaction per order, so that nobody who is being served waits for the others; pressed again it goes on.
    """
    async with tenants.transaction():
        batch, name = await _own_batch(leader, batch_id), (await promoters.find(leader)).name
        await pickups.note_arrival(batch.id, by=name)
        waiting = await pickups.orders_of(batch, "waiting")
    return [await _arrive(order_id, name) for order_id in waiting].count(True)


async def remind_batch(leader: UUID, batch_id: UUID) -> int:
    """Ask everybody who has not come, unless they were asked lately. How many that are. Raises NotFound.

    A transaction per order, as above.
    """
    async with tenants.transaction():
        batch, name = await _own_batch(leader, batch_id), (await promoters.find(leader)).name
        late = await pickups.orders_of(batch, "arrived", "overdue")
    return [await _remind(order_id, name) for order_id in late].count(True)


async def lapse_pickup(order_id: UUID) -> bool:
    """Nobody came in time: the shopper is reminded, and the merchant decides."""
    async with tenants.transaction():
        await orders.lock(order_id)
        lapsed = await pickups.lapse(order_id)
        if lapsed:
            await pickup_news.tell(order_id, "pickup_overdue")
    return lapsed


async def _has_come(order: orders.Order, pickup: Pickup) -> bool:
    """Whether the goods can be where they were handed out."""
    if pickup.point is None:
        return await leader_handing.is_planned(order)
    return order.fulfillment_status != "unfulfilled"  # otherwise the warehouse has not told yet that they left


async def _collect(order_id: UUID, *, actor: str) -> bool:
    order = await orders.lock(order_id)
    pickup = await pickups.find(order_id)
    if pickup.status == "canceled" or order.status in ("canceled", "expired"):
        raise pickups.CalledOff
    if (await group_buying.participation_of(order_id)).status != "confirmed":
        raise pickups.NotYet
    if not await pickups.collect(order_id, actor=actor):
        return False
    await group_buying.chains.hand_out(order_id, done=True)
    await outbox.post(
        "pickups.complete", key=f"picked_up:{order_id}:{int(now().timestamp())}", delay=pickups.UNDO, order_id=order_id
    )
    return True


async def _arrive(order_id: UUID, actor: str) -> bool:
    async with tenants.transaction():
        await orders.lock(order_id)
        arrived = bool(await pickups.arrive([order_id], actor=actor))
        if arrived:
            await pickup_news.tell(order_id, "pickup_ready")
    return arrived


async def _remind(order_id: UUID, actor: str) -> bool:
    async with tenants.transaction():
        await orders.lock(order_id)
        reminded = await pickups.remind(order_id, actor=actor, not_since=now() - BETWEEN_REMINDERS)
        if reminded:
            await pickup_news.tell(order_id, "pickup_reminder")
    return reminded


async def _own(leader: UUID, order_id: UUID) -> Pickup:
    pickup = await pickups.find(order_id)
    if pickup.leader != leader:
        raise NotFound
    return pickup


async def _own_batch(leader: UUID, batch_id: UUID) -> Batch:
    batch = await pickups.find_batch(batch_id)
    if batch.leader != leader:
        raise NotFound
    return batch
