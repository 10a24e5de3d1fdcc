"""A carrier tells where a parcel is; with the last one delivered, the order is completed.

One transaction: inbox row, the parcel's way, and the states of parcel and order. Copies and pushes that were overtaken
change nothing. A parcel for a pickup point has arrived there; the order is completed when somebody came for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import structlog

import tenants
from app import fulfillment, orders, payments, pickups, promotions
from app.flows import pickup_news
from app.flows.way_back_news import post_due
from app.fulfillment import Report, Step
from app.kernel.errors import NotFound
from infra import wiring
from infra.carrier.port import CarrierPushes, TrackingNotice, UntrustedNotice
from tenants import outbox

SOURCE = "carrier"
log = structlog.get_logger()


class Teller(NamedTuple):
    """Somebody who may push. `knows_others`: the merchant may use the same account outside the shop."""

    pushes: CarrierPushes
    knows_others: bool


async def hear_carrier(body: bytes, headers: Mapping[str, str], now: datetime) -> bytes:
    """Believe a push and follow it. Returns the words the vendor wants to read.

    Raises UntrustedNotice, and NotFound while the parcel is unknown, so that the carrier comes again later. Both write
    nothing. A parcel that a store's own account follows for somebody else is thanked for, or it would come for days.
    """
    teller, notices = _believed(await _tellers(), body, headers, now)
    text = body.decode("utf-8", "replace").replace("\0", "")
    for notice in notices:
        try:
            await deliver_parcel(notice, text)
        except NotFound:
            if not teller.knows_others:
                raise
            log.info("carrier.unknown_parcel", notice=notice.notice_id)
    return teller.pushes.acknowledgment


async def _tellers() -> list[Teller]:
    store = tenants.current()
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
        accounts = await fulfillment.tracking_accounts(active=True)
    by_themselves = [
        Teller(wiring.carrier_tracking(warehouse, tenant_id=store.id), knows_others=False)
        for warehouse in warehouses
        if warehouse.carrier_salt_sealed
    ]
    services = [Teller(wiring.tracking_service(account, tenant_id=store.id), knows_others=True) for account in accounts]
    return by_themselves + services


def _believed(
    tellers: list[Teller], body: bytes, headers: Mapping[str, str], now: datetime
) -> tuple[Teller, tuple[TrackingNotice, ...]]:
    """A store's parcels share one address; the signature tells by whom they are followed."""
    refusal = UntrustedNotice("the store follows no parcels")
    for teller in tellers:
        try:
            return teller, teller.pushes.parse_push(body, headers, now)
        except UntrustedNotice as error:
            refusal = error
    raise refusal


async def deliver_parcel(notice: TrackingNotice, body: str) -> None:
    """Follow one push, or one answer, once. Raises NotFound."""
    steps = tuple(Step(point.happened_at, point.text, point.status) for point in notice.checkpoints)
    report = Report(
        notice.tracking_number, notice.status, notice.happened_at, steps, signed_by=notice.proof.signed_by,
        picture_url=notice.proof.picture_url, expected_on=notice.expected_on,
    )  # fmt: skip
    async with tenants.transaction():
        for order_id in await fulfillment.orders_of_parcel(notice.tracking_number):
            await orders.lock(order_id)
        if not await payments.take_event(SOURCE, notice.notice_id, body):
            return
        moved = await fulfillment.follow(report)
        for order_id in dict.fromkeys(moved):
            await post_due(order_id)
            if await fulfillment.has_delivered_all(order_id):
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
