"""A parcel left the warehouse: parcel, stock, and the states of work order and order. Part of `ship_order`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from app import fulfillment, inventory, orders
from app.flows.goods_numbers import lines_by_number
from app.flows.warehouse_news import Outcome, locked
from app.flows.way_back_news import post_due
from app.fulfillment import Left, Packed, Shipped, WarehouseFacts, WorkOrder
from infra.warehouse.port import ParcelLine, ShipmentNotice


async def take(notice: ShipmentNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """Record the parcel once; it may overtake our own record that the order was accepted."""
    work_order = await locked(notice.reference, speaker)
    parcel = notice.parcel
    lines = await _by_line(work_order, parcel.lines)
    shipped = Shipped(
        parcel.tracking_number, parcel.carrier_code, parcel.carrier_name, parcel.shipped_at, lines, notice.complete
    )
    new = await fulfillment.record(work_order, shipped)
    status = await fulfillment.settle_work_order(work_order, complete=notice.complete)
    if not new:
        return "parcel known", "ignored"
    left = await fulfillment.left_there(work_order)
    await _take_from_stock(work_order, left)
    await _move_order(work_order.order_id, whole=left.whole)
    await post_due(work_order.order_id)
    known = {str(line) for line in left.units}
    strangers = [line.line_id for line in lines if line.line_id not in known]
    if strangers:
        return f"parcel holds lines we did not order: {', '.join(strangers)}", "quarantined"
    return f"parcel recorded, work order {status}", "processed"


async def _by_line(work_order: WorkOrder, told: Sequence[ParcelLine]) -> tuple[Packed, ...]:
    """Who names goods and no lines means the lines with that number, the first that still wait for something first."""
    found = [Packed(line.line_id, line.quantity) for line in told if line.line_id]
    if len(found) == len(told):
        return tuple(found)
    wanted = {line.order_line: line.asked - line.gone for line in await fulfillment.progress(work_order.id)}
    numbers = await lines_by_number(work_order.warehouse, wanted)
    for line in (line for line in told if not line.line_id):
        left = line.quantity
        for order_line in numbers.get(line.sku, []):
            units = min(left, wanted[order_line])
            left -= units
            wanted[order_line] -= units
            if units:
                found.append(Packed(str(order_line), units))
        if left:
            found.append(Packed(line.sku, left))  # nobody asked for these
    return tuple(found)


async def _take_from_stock(work_order: WorkOrder, left: Left) -> None:
    """The goods are gone from the shelf; totals instead of differences make repeats harmless."""
    await inventory.ship({line: units for line, units in left.units.items() if units}, work_order.warehouse)


async def _move_order(order_id: UUID, *, whole: bool) -> None:
    to = "fulfilled" if whole else "partially_fulfilled"
    with suppress(orders.IllegalMove):  # it has come further, or was called off
        await orders.move(order_id, "fulfillment_status", to, cause="parcel_shipped", actor="warehouse")
