"""Tell the warehouses that goods come back, once the store agreed to take them, and again when their parcel is known.

Each warehouse hears of its own part only. Three short steps for each, because the outside is called between them; the
same number twice is one return over there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import aftersales, fulfillment, orders
from app.aftersales import Aftersale
from app.flows.inspecting import due_at
from app.flows.return_parts import plan_parts
from app.flows.warehouse_receiver import receiver_of
from app.flows.warehouse_turn import NotYet, renewing, require_open, since, turn
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
from tenants import outbox

STILL_COMING = ("awaiting_return", "received")


@dataclass(frozen=True, slots=True)
class Announcement:
    order_id: UUID
    coming: ComingBack
    warehouse: WarehouseFacts
    content: ReturnOrder
    gateway: WarehouseGateway


async def announce_return(aftersale: UUID, *, last_attempt: bool = False) -> None:
    """Raises NotYet, and WarehouseUnavailable when another attempt may help; then a person has to tell them.

    One silent warehouse keeps nobody else from hearing of it.
    """
    trouble: Exception | None = None
    for reference in await _untold(aftersale):
        try:
            await _announce(reference, last_attempt=last_attempt)
        except (NotYet, WarehouseUnavailable) as error:
            trouble = error
    if trouble:
        raise trouble


async def _untold(aftersale: UUID) -> list[str]:
    """Whose part is still coming and who does not know of it, or not of the parcel it is in."""
    async with tenants.transaction():
        case = await aftersales.find(aftersale)
        if case.status not in STILL_COMING:
            return []
        return [part.reference for part in await plan_parts(case) if _has_news(part, case)]


def _has_news(part: ComingBack, case: Aftersale) -> bool:
    return part.inspected_at is None and (part.announced_at is None or part.told_number != case.tracking_number)


async def _announce(reference: str, *, last_attempt: bool) -> None:
    announcement = await _prepare(reference)
    if announcement is None:
        return
    async with turn(announcement.warehouse, f"return:{reference}"):
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


async def _prepare(reference: str) -> Announcement | None:
    """None when it was told meanwhile, nothing comes back any more, or the warehouse has no ear for it."""
    async with tenants.transaction():
        coming = await fulfillment.return_of(reference)
        case = await aftersales.find(coming.aftersale)
        if case.status not in STILL_COMING or not _has_news(coming, case):
            return None
        warehouse = await fulfillment.warehouse(coming.warehouse)
        await require_open(warehouse.id, pass_it=True)
        order = await orders.find(case.order_id)
        back = await _lines(coming, order)
    try:
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
    except wiring.UnknownVendor:
        return None
    content = ReturnOrder(
        coming.reference, coming.order_reference, receiver_of(order.ship_to), back, case.carrier, case.tracking_number,
        case.reason,
    )  # fmt: skip
    return Announcement(order.id, coming, warehouse, content, gateway)


async def _lines(coming: ComingBack, order: orders.Order) -> tuple[ReturnLine, ...]:
    lines = due_at(coming, await aftersales.lines_of(coming.aftersale))
    ours = {line.id: line.sku for line in await orders.lines_of(order.id)}
    theirs = await fulfillment.their_skus(coming.warehouse, [line.variant for line in lines])
    return tuple(
        ReturnLine(
            str(line.order_line), theirs.get(line.variant) or ours[line.order_line] or str(line.variant), line.title,
            line.quantity,
        ) for line in lines
    )  # fmt: skip


async def _note(announcement: Announcement, receipt: Receipt, took_ms: int) -> None:
    """A number that was entered or corrected during the call is told by a job of its own, which looks again."""
    coming, told = announcement.coming, announcement.content.tracking_number
    async with tenants.transaction():
        await fulfillment.note_announced(coming.reference, receipt.warehouse_ref, told)
        await fulfillment.note_answer(announcement.warehouse.id, took_ms)
        if (await aftersales.find(coming.aftersale)).tracking_number != told:
            await outbox.post("fulfillment.announce_return", aftersale_id=coming.aftersale)


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
        subject=announcement.coming.reference,
        params={"reason": reason, "aftersale": str(announcement.coming.aftersale)},
    )  # fmt: skip
