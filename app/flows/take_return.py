"""A warehouse received goods that came back, and looked at them. Part of `ship_order`."""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app import aftersales, fulfillment
from app.aftersales import IllegalMove, Line
from app.flows.aftersale_steps import Desk, open_desk, take_in
from app.flows.goods_numbers import lines_by_number
from app.flows.inspecting import due_at, inspect_part
from app.flows.warehouse_news import Outcome
from app.fulfillment import ComingBack, WarehouseFacts
from app.kernel.errors import NotFound
from infra.warehouse.port import ReturnNotice

ACTOR = "warehouse"


async def take(notice: ReturnNotice, speaker: WarehouseFacts | None = None) -> Outcome:
    """Receive and inspect this warehouse's part. What was counted before, or nobody waits for, changes nothing."""
    coming = await fulfillment.return_of(notice.reference)
    if speaker and not (await fulfillment.warehouse(coming.warehouse)).is_told_by(speaker):
        raise NotFound
    desk = await open_desk(coming.aftersale)
    coming = await fulfillment.return_of(notice.reference)  # once more, now that nobody else counts
    if desk.case.inspected_at is not None or coming.inspected_at is not None:
        return "these goods were counted before", "ignored"
    lines = due_at(coming, await aftersales.lines_of(desk.case.id))
    found, differences = compared(lines, await _by_line(coming.warehouse, lines, notice))
    try:
        async with tenants.savepoint():
            await _inspect(desk, coming, found)
    except IllegalMove:
        differences = [f"goods came back for a request that is {desk.case.status}", *differences]
    if not differences:
        return "inspected", "processed"
    words = "; ".join(differences)
    await fulfillment.raise_exception(
        fulfillment.trouble.RETURN_DIFFERS, order_id=desk.order.id, warehouse=coming.warehouse,
        subject=coming.reference, params={"reason": words, "aftersale": str(desk.case.id)},
    )  # fmt: skip
    return words, "processed"


async def _inspect(desk: Desk, coming: ComingBack, found: dict[UUID, tuple[int, int]]) -> None:
    if desk.case.status == "awaiting_return":
        await take_in(desk, cause="received", actor=ACTOR)
        desk = await open_desk(desk.case.id)
    await inspect_part(desk, coming, found, actor=ACTOR)


async def _by_line(warehouse: UUID, lines: list[Line], notice: ReturnNotice) -> ReturnNotice:
    """Who names goods and no lines means the first line with that number that nothing was said of yet."""
    if all(line.line_id for line in notice.lines):
        return notice
    numbers = await lines_by_number(warehouse, [line.order_line for line in lines])
    said = {line.line_id for line in notice.lines}
    found = []
    for told in notice.lines:
        line_id = told.line_id or next((str(one) for one in numbers.get(told.sku, []) if str(one) not in said), "")
        said.add(line_id)
        found.append(msgspec.structs.replace(told, line_id=line_id or told.sku))
    return msgspec.structs.replace(notice, lines=tuple(found))


def compared(lines: list[Line], notice: ReturnNotice) -> tuple[dict[UUID, tuple[int, int]], list[str]]:
    """Good and damaged units by line, never more than were to come; and where the parcel was not what was announced."""
    told = {line.line_id: line for line in notice.lines}
    found, differences = {}, []
    for line in lines:
        seen = told.pop(str(line.order_line), None)
        good, damaged = (max(seen.good, 0), max(seen.damaged, 0)) if seen else (0, 0)
        if good + damaged != line.quantity:
            differences.append(f"{line.title}: {good + damaged} of {line.quantity} came back")
        good = min(good, line.quantity)
        found[line.id] = (good, min(damaged, line.quantity - good))
    differences += [f"not announced: {line.good + line.damaged} of {line.sku}" for line in told.values()]
    return found, differences
