"""A carrier tells where a parcel is; with the last one delivered, the order is completed.

One transaction: inbox row, the parcel's way, and the states of parcel and order. Copies and pushes that were overtaken
change nothing. A parcel for a pickup point has arrived there; the order is completed when somebody came for it.
"""

from __future__ import annotations

import tenants
from app import fulfillment, orders, payments, pickups, promotions
from app.flows import pickup_news
from app.fulfillment import Report, Step
from infra import wiring
from infra.carrier.port import CarrierTracking, TrackingNotice, UntrustedNotice
from tenants import outbox

SOURCE = "carrier"


async def hear_carrier(body: bytes) -> bytes:
    """Believe a push and follow it. Returns the words the vendor wants to read.

    Raises UntrustedNotice, and NotFound while the parcel is unknown, so that the carrier comes again later. Both write
    nothing.
    """
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    trackings = [
        wiring.carrier_tracking(warehouse, tenant_id=tenants.current().id)
        for warehouse in warehouses
        if warehouse.carrier_salt_sealed
    ]
    tracking, notice = _believed(trackings, body)
    await deliver_parcel(notice, body.decode("utf-8", "replace"))
    return tracking.acknowledgment


def _believed(trackings: list[CarrierTracking], body: bytes) -> tuple[CarrierTracking, TrackingNotice]:
    """A store's parcels share one address; the salt tells for which warehouse they were subscribed."""
    refusal = UntrustedNotice("the store follows no parcels")
    for tracking in trackings:
        try:
            return tracking, tracking.parse_push(body)
        except UntrustedNotice as error:
            refusal = error
    raise refusal


async def deliver_parcel(notice: TrackingNotice, body: str) -> None:
    """Follow one push once."""
    steps = tuple(Step(point.happened_at, point.text, point.status) for point in notice.checkpoints)
    report = Report(notice.tracking_number, notice.status, notice.happened_at, steps)
    async with tenants.transaction():
        await orders.lock(await fulfillment.order_of_parcel(notice.tracking_number))
        if not await payments.take_event(SOURCE, notice.notice_id, body):
            return
        order_id, moved = await fulfillment.follow(report)
        if moved and await fulfillment.has_delivered_all(order_id):
            await _complete(await orders.find(order_id))
        await payments.settle_event(SOURCE, notice.notice_id, notice.status, status="processed" if moved else "ignored")


async def _complete(order: orders.Order) -> None:
    """A parcel of an order that was called off meanwhile arrives all the same; the order stays what it is."""
    if order.campaign and await pickups.pickup_of(order.id):
        if await pickups.arrive([order.id], actor="carrier"):
            await pickup_news.tell(order.id, "pickup_ready")
        return
    if order.fulfillment_status == "fulfilled":
        await orders.move(order.id, "fulfillment_status", "delivered", cause="parcel_delivered", actor="carrier")
        if order.status == "placed":
            await orders.move(order.id, "status", "completed", cause="parcel_delivered", actor="carrier")
            await outbox.post("commissions.settle", queue="bulk", key=f"settle:{order.id}", order_id=order.id)
            await promotions.earn(order.id, refunded=order.refunded_amount, paid=order.paid_amount)
