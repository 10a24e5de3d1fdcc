"""A warehouse tells us something: a parcel left, or an order will not be shipped.

One transaction for each notice: inbox row, parcel, stock, and the states of work order and order. A copy changes
nothing, and news may overtake our own record that the order was accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import tenants
from app import fulfillment, inventory, orders, payments
from app.fulfillment import Packed, Shipped, WarehouseFacts, WorkOrder
from app.kernel.errors import NotFound
from infra import wiring
from infra.warehouse.port import CancelNotice, Notice, ShipmentNotice, UntrustedNotice

SOURCE = "warehouse"


async def hear_warehouse(*, headers: Mapping[str, str], query: str, body: bytes, now: datetime) -> bytes:
    """Believe a callback and act on each notice in it. Returns the words the vendor wants to read.

    Raises UntrustedNotice, and then nothing was written.
    """
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    gateway, notices = _believed(warehouses, headers, query, body, now)
    for notice in notices:
        await take_notice(notice, body.decode("utf-8", "replace"))
    return gateway


def _believed(
    warehouses: list[WarehouseFacts], headers: Mapping[str, str], query: str, body: bytes, now: datetime
) -> tuple[bytes, list[Notice]]:
    """A store's warehouses share one address; the signature tells which of them speaks."""
    refusal = UntrustedNotice("the store has no warehouse")
    for warehouse in warehouses:
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
        try:
            return gateway.acknowledgment, gateway.parse_callback(headers=headers, query=query, body=body, now=now)
        except UntrustedNotice as error:
            refusal = error
    raise refusal


async def take_notice(notice: Notice, body: str) -> None:
    """Act on one notice once. What names an order we do not know is put aside for a person."""
    async with tenants.transaction():
        if not await payments.take_event(SOURCE, notice.notice_id, body):
            return
        try:
            outcome, status = await _act(notice)
        except NotFound:
            outcome, status = "names an order we do not have", "quarantined"
        await payments.settle_event(SOURCE, notice.notice_id, outcome, status=status)


async def _act(notice: Notice) -> tuple[str, str]:
    if isinstance(notice, ShipmentNotice):
        return await _ship(notice)
    if isinstance(notice, CancelNotice):
        return await _cancel(notice)
    # Counts of other people's shelves are kept for the nightly comparison; what we promise rests on our own figures.
    return "stock count", "ignored"


async def _ship(notice: ShipmentNotice) -> tuple[str, str]:
    work_order = await _locked(notice.reference)
    parcel = notice.parcel
    lines = tuple(Packed(line.line_id, line.quantity) for line in parcel.lines)
    shipped = Shipped(
        parcel.tracking_number, parcel.carrier_code, parcel.carrier_name, parcel.shipped_at, lines, notice.complete
    )
    new = await fulfillment.record(work_order, shipped)
    status = await fulfillment.settle_work_order(work_order, complete=notice.complete)
    if not new:
        return "parcel known", "ignored"
    known = await _take_from_stock(work_order)
    await _move_order(work_order)
    strangers = [line.line_id for line in lines if line.line_id not in known]
    if strangers:
        return f"parcel holds lines we did not order: {', '.join(strangers)}", "quarantined"
    return f"parcel recorded, work order {status}", "processed"


async def _locked(reference: str) -> WorkOrder:
    """Order before work order, like every journey, so that no two wait for each other in a circle."""
    await orders.lock((await fulfillment.by_reference(reference)).order_id)
    return await fulfillment.lock_by_reference(reference)


async def _take_from_stock(work_order: WorkOrder) -> set[str]:
    """The goods are gone from the shelf; totals instead of differences make repeats harmless."""
    lines = await fulfillment.progress(work_order.id)
    await inventory.ship({line.order_line: line.gone for line in lines if line.gone}, work_order.warehouse)
    return {str(line.order_line) for line in lines}


async def _move_order(work_order: WorkOrder) -> None:
    order = await orders.find(work_order.order_id)
    if order.fulfillment_status not in ("unfulfilled", "partially_fulfilled"):
        return
    to = "fulfilled" if await fulfillment.has_shipped_all(order.id) else "partially_fulfilled"
    await orders.move(order.id, "fulfillment_status", to, cause="parcel_shipped", actor="warehouse")


async def _cancel(notice: CancelNotice) -> tuple[str, str]:
    work_order = await _locked(notice.reference)
    if await fulfillment.refuse(work_order.id, notice.reason or "The warehouse canceled this order."):
        return "canceled by the warehouse", "processed"
    return "canceled by the warehouse after it was settled", "ignored"
