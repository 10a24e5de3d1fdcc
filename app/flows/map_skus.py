"""The merchant says by which numbers a warehouse knows goods: one by one, as a table, or because an order is stuck.

Mapping is one transaction, and sending again what waited for it is another: whoever dies in between finds the number
mapped and the exception open, and presses "send again". Sending again is safe, because a warehouse ships one reference
once, and missing units leave under a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

import tenants
from app import fulfillment, orders, suppliers
from app.flows.goods_numbers import lines_by_number
from app.flows.merchant_acts import Actor, record_act
from app.flows.work_order_steps import locked, push, tell
from app.fulfillment import AliasRow, BadAlias, Exceptional, WantedLine, WorkOrder, trouble
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.table_files import small_table


class Proposal(msgspec.Struct, frozen=True):
    """What an exception is about, for the form: our number, and theirs if the warehouse said it."""

    reference: str
    our_sku: str
    their_sku: str


class AliasPreview(msgspec.Struct, frozen=True):
    """What a table would map, and which rows are left out."""

    good: list[AliasRow]
    bad: list[BadAlias]


async def map_sku(warehouse: UUID, our_sku: str, their_sku: str, *, by: Actor) -> None:
    """Raises InvalidInput, NotFound, SkuTaken."""
    table = [(1, {"sku": our_sku.strip(), "their_sku": their_sku.strip()})]
    await _record(warehouse, by, {"sku": our_sku[:100], "their_sku": their_sku[:100]})
    async with tenants.transaction():
        found = await _read(warehouse, table)
        if found.bad:
            raise InvalidInput({one.column: one.message for one in found.bad})
        await fulfillment.put_aliases(warehouse, found.good, by=by.name)


async def unmap_sku(warehouse: UUID, alias: UUID, *, by: Actor) -> None:
    """Raises NotFound."""
    await _record(warehouse, by, {"removed": str(alias)})
    async with tenants.transaction():
        await fulfillment.remove_alias(warehouse, alias)


async def preview(warehouse: UUID, data: bytes) -> AliasPreview:
    """Raises NotFound, UnreadableFile, FileTooLong, InvalidInput."""
    rows = _rows(data)
    async with tenants.transaction():
        return await _read(warehouse, rows)


async def take_in(warehouse: UUID, data: bytes, *, by: Actor) -> AliasPreview:
    """The same, done. Raises NotFound, UnreadableFile, FileTooLong, InvalidInput."""
    rows = _rows(data)
    await _record(warehouse, by, {"rows": len(rows)})
    async with tenants.transaction():
        found = await _read(warehouse, rows)
        await fulfillment.put_aliases(warehouse, found.good, by=by.name)
    return found


async def proposal(warehouse: UUID, exception_id: UUID) -> Proposal:
    """Of one that is about this warehouse. Raises NotFound."""
    async with tenants.transaction():
        exception, work_order = await _about(warehouse, exception_id)
        lines = [line.order_line for line in await fulfillment.progress(work_order.id)]
        found = {short.order_line: short.found_sku for short in await _open_shorts(work_order.id) if short.found_sku}
        numbers = await lines_by_number(warehouse, lines)
    said = str(exception.params.get("reason", ""))
    named = [number for number, of in numbers.items() if number in said or set(of) & set(found)]
    likely = named or (list(numbers) if len(numbers) == 1 else [])
    theirs = next((found[line] for number in likely for line in numbers[number] if line in found), "")
    return Proposal(work_order.reference, likely[0] if likely else "", theirs)


async def send_again(warehouse: UUID, exception_id: UUID, *, by: str) -> bool:
    """What waited for a number leaves with it. False when something else is wrong with it too, or it left meanwhile.

    Raises NotFound.
    """
    async with tenants.transaction():
        exception, work_order = await _about(warehouse, exception_id)
        order, work_order = await locked(work_order.id)
        if exception.status != "open" or order.status != "placed" or order.payment_status not in orders.MAY_SHIP:
            return False
        if exception.kind == trouble.SHORT_PICK:
            return await _send_missing(order, work_order, by)
        if work_order.status != "on_hold":
            return False
        await fulfillment.reopen(work_order.id)
        await push(work_order.id)
        return True


async def _send_missing(order: orders.Order, work_order: WorkOrder, by: str) -> bool:
    """The warehouse has closed the old reference for these units; they are asked for under a new one, from there again.

    Only when every missing line has a number of theirs now: about the others a person decides.
    """
    missing = {line: units for (line, _place), units in (await _missing(order, work_order)).items()}
    goods = {line.id: line for line in await orders.lines_of(order.id) if line.id in missing}
    mapped = await fulfillment.their_skus(work_order.warehouse, {line.variant for line in goods.values()})
    if not missing or any(line.variant not in mapped for line in goods.values()):
        return False
    reference = await fulfillment.next_reference(order.id, order.number)
    wanted = [WantedLine(line, goods[line].sku, units) for line, units in missing.items()]
    made = await fulfillment.plan(order.id, work_order.warehouse, reference, wanted)
    await fulfillment.take_off_missing(work_order, missing)
    await fulfillment.close_by_itself(work_order.id, trouble.SHORT_PICK)
    await tell(order, "replaced", work_order.reference, actor=by, new=reference)
    if made:
        await push(made)
    return made is not None


async def _missing(order: orders.Order, work_order: WorkOrder) -> Mapping[tuple[UUID, UUID], int]:
    return (await fulfillment.missing_units(order.id)).get(work_order.id, {})


async def _open_shorts(work_order: UUID) -> list[fulfillment.ShortPick]:
    return [short for short in await fulfillment.short_picks_of(work_order) if short.status == "open"]


async def _about(warehouse: UUID, exception_id: UUID) -> tuple[Exceptional, WorkOrder]:
    exception = await fulfillment.find_exception(exception_id)
    if exception.fulfillment_order is None or exception.warehouse != warehouse:
        raise NotFound
    return exception, await fulfillment.find(exception.fulfillment_order)


def _rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    _names, table = small_table(data, most=fulfillment.MOST_ALIASES)
    rows = fulfillment.alias_cells(table)
    if not rows or not set(fulfillment.ALIAS_COLUMNS) <= set(rows[0][1]):
        raise InvalidInput({"file": N_("The table needs the columns sku and their_sku.")})
    return rows


async def _read(warehouse: UUID, rows: list[tuple[int, dict[str, str]]]) -> AliasPreview:
    await fulfillment.lock_skus(warehouse)
    known = await suppliers.variants_by_sku(cells.get("sku", "") for _number, cells in rows)
    owners = await fulfillment.owners_of(warehouse, [cells.get("their_sku", "") for _number, cells in rows])
    return AliasPreview(*fulfillment.read_aliases(rows, known, owners))


async def _record(warehouse: UUID, by: Actor, details: Mapping[str, object]) -> None:
    await record_act(by, "warehouse.skus_changed", str(warehouse), "", details)
