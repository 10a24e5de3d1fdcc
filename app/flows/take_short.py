"""A short pick: a warehouse has less than it was asked to send. Part of `ship_order`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

import tenants
from app import fulfillment, inventory
from app.flows.goods_numbers import lines_by_number
from app.flows.warehouse_news import Outcome, locked
from app.fulfillment import Missing, WarehouseFacts, WorkOrder
from infra.warehouse.port import ShortLine, ShortNotice
from tenants import outbox

VARIANTS = "SELECT DISTINCT variant FROM order_line WHERE id = ANY($1::uuid[])"


async def take(notice: ShortNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """Write down what is missing, by line of ours; what becomes of it a person decides."""
    work_order = await locked(notice.reference, speaker)
    if work_order.status == "canceled":
        return "short of something we had called off", "ignored"
    asked = {str(line.order_line): line for line in await fulfillment.progress(work_order.id)}
    told = await _by_line(work_order.warehouse, {one.order_line: one.asked for one in asked.values()}, notice.lines)
    known = [
        Missing(asked[line.line_id].order_line, min(line.missing, asked[line.line_id].asked), line.found_sku)
        for line in told
        if line.line_id in asked
    ]
    await fulfillment.record_short(work_order.id, known, notice.reason, notice.at)
    status = await fulfillment.settle_work_order(work_order, complete=False)
    if known and (await fulfillment.routing_policy()).shorts == "reroute":
        await outbox.post("fulfillment.reroute_short", key=f"reroute:{work_order.id}", work_order_id=work_order.id)
    await _write_down(work_order, known)
    if len(known) < len(told):
        return "short of lines we did not order", "quarantined"
    return f"short of {sum(line.units for line in known)}, work order {status}", "processed"


async def _write_down(work_order: WorkOrder, known: list[Missing]) -> None:
    """There is nothing on that shelf for anybody else either. Stock comes last."""
    rows = await tenants.connection().fetch(VARIANTS, [line.order_line for line in known if line.units])
    variants = {row["variant"] for row in rows}
    await inventory.write_down_free(variants, work_order.warehouse, about=work_order.order_id, actor="warehouse")


async def _by_line(warehouse: UUID, asked: Mapping[UUID, int], told: tuple[ShortLine, ...]) -> list[ShortLine]:
    """Some vendors name goods and not lines: those pieces are missing from the lines with that SKU, the first first."""
    found = [line for line in told if line.line_id]
    if len(found) == len(told):
        return found
    numbers = await lines_by_number(warehouse, asked)
    for line in (line for line in told if not line.line_id):
        left = line.missing
        for order_line in numbers.get(line.sku, []):
            units = min(left, asked[order_line])
            left -= units
            if units:
                found.append(msgspec.structs.replace(line, line_id=str(order_line), missing=units))
        if left:
            found.append(msgspec.structs.replace(line, missing=left))
    return found
