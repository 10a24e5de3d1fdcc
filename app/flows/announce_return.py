"""Tell the warehouse that goods come back, once the store agreed to take them.

Three short steps, because the outside is called between them; the same number twice is one return over there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import aftersales, fulfillment, orders
from app.flows.warehouse_receiver import receiver_of
from app.flows.warehouse_turn import renewing, require_open, since, turn
from app.fulfillment import ComingBack, WarehouseFacts
from infra import wiring
from infra.warehouse.port import (
    Receipt,
    ReturnLine,
    ReturnOrder,
    WarehouseGateway,
    WarehouseRejected,
    WarehouseUnavailable,
)

STILL_COMING = ("awaiting_return", "received")


@dataclass(frozen=True, slots=True)
class Announcement:
    order_id: UUID
    coming: ComingBack
    warehouse: WarehouseFacts
    content: ReturnOrder
    gateway: WarehouseGateway


async def announce_return(aftersale: UUID, *, last_attempt: bool = False) -> None:
    """Raises NotYet, and WarehouseUnavailable when another attempt may help; then a person has to tell them."""
    announcement = await _prepare(aftersale)
    if announcement is None:
        return
    async with turn(announcement.warehouse, f"return:{aftersale}"):
        began = time.monotonic()
        try:
            async with renewing(announcement.warehouse.id):
                receipt = await announcement.gateway.push_return(announcement.content)
        except WarehouseRejected as error:
            await _take_no(announcement, f"{error.code}: {error.args[1] or error.code}", since(began))
        except WarehouseUnavailable as error:
            await _note_silence(announcement, str(error), since(began), give_up=last_attempt)
            if not last_attempt:
                raise
        else:
            await _note(announcement, receipt, since(began))


async def _prepare(aftersale: UUID) -> Announcement | None:
    """None when nothing comes back any more, no carrier ever had it, or the warehouse has no ear for it."""
    async with tenants.transaction():
        case = await aftersales.find(aftersale)
        if case.status not in STILL_COMING:
            return None
        lines = await aftersales.lines_of(aftersale)
        coming = await fulfillment.plan_return(aftersale, case.number, [line.order_line for line in lines])
        if coming is None or coming.announced_at:
            return None
        warehouse = await fulfillment.warehouse(coming.warehouse)
        await require_open(warehouse.id, pass_it=True)
        order = await orders.find(case.order_id)
        ours = {line.id: line.sku for line in await orders.lines_of(order.id)}
        theirs = await fulfillment.their_skus(warehouse.id, [line.variant for line in lines])
    try:
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
    except wiring.UnknownVendor:
        return None
    back = tuple(
        ReturnLine(
            str(line.order_line), theirs.get(line.variant) or ours[line.order_line] or str(line.variant), line.title,
            line.quantity,
        ) for line in lines
    )  # fmt: skip
    content = ReturnOrder(
        coming.reference, coming.order_reference, receiver_of(order.ship_to), back, case.carrier, case.tracking_number,
        case.reason,
    )  # fmt: skip
    return Announcement(order.id, coming, warehouse, content, gateway)


async def _note(announcement: Announcement, receipt: Receipt, took_ms: int) -> None:
    async with tenants.transaction():
        await fulfillment.note_announced(announcement.coming.reference, receipt.warehouse_ref)
        await fulfillment.note_answer(announcement.warehouse.id, took_ms)


async def _take_no(announcement: Announcement, reason: str, took_ms: int) -> None:
    async with tenants.transaction():
        await _raise(announcement, fulfillment.trouble.REFUSED_BY_WAREHOUSE, reason)
        await fulfillment.note_answer(announcement.warehouse.id, took_ms)


async def _note_silence(announcement: Announcement, error: str, took_ms: int, *, give_up: bool) -> None:
    async with tenants.transaction():
        if give_up:
            await _raise(announcement, fulfillment.trouble.SILENT_WAREHOUSE, error)
        await fulfillment.note_trouble(announcement.warehouse.id, error, took_ms)


async def _raise(announcement: Announcement, kind: str, reason: str) -> None:
    await fulfillment.raise_exception(
        kind, order_id=announcement.order_id, warehouse=announcement.warehouse.id,
        subject=announcement.coming.aftersale,
        params={"reason": reason, "aftersale": str(announcement.coming.aftersale)},
    )  # fmt: skip
