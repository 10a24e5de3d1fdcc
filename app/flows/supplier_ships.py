"""A supplier sends goods to shoppers: one parcel, or a whole table of them, good rows apart from bad.

One transaction for each parcel, the same that a warehouse's news goes through: inbox row, parcel, stock, and the states
of work order and order. The same number twice is one parcel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

import tenants
from app import fulfillment, orders, payments, suppliers
from app.flows import supplier_shelf, take_shipment
from app.flows.supplier_shelf import Shelf
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.table_files import small_table
from infra.carrier import codes
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tenants import outbox

SOURCE = "warehouse"
COLUMNS = ("order", "carrier", "tracking_number")
ALSO = {
    "单号": "order", "订单": "order", "发货单号": "order", "訂單": "order", "出貨單號": "order",
    "快递公司": "carrier", "快递": "carrier", "物流公司": "carrier", "快遞公司": "carrier", "貨運公司": "carrier",
    "运单号": "tracking_number", "快递单号": "tracking_number", "物流单号": "tracking_number",
    "運單號": "tracking_number", "追蹤號碼": "tracking_number", "貨運單號": "tracking_number",
}  # fmt: skip
MOST_ROWS = 2_000
_NUMBER = re.compile(r"[A-Z0-9-]{6,40}")


class NothingLeft(Refusal):
    """All of it was sent, or it is not to be sent any more."""

    code = "purchasing.nothing_left"
    status = 409
    message = "Nothing of this order is left to send."


class BadRow(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do: the heading is row 1. `message` is an English msgid."""

    row: int
    column: str
    message: str
    cells: tuple[str, ...]


async def ship_goods(
    supplier_id: UUID, work_order: UUID, *, carrier: str, tracking_number: str, units: Mapping[UUID, int] | None = None
) -> None:
    """Send what is left of a work order, or so many of each line. Raises NotFound, NothingLeft, InvalidInput."""
    number = _clean(tracking_number)
    async with tenants.transaction():
        supplier = await suppliers.find(supplier_id)
        shelf = await _locked(supplier_id, work_order)
        if supplier.warehouse is None:
            raise NotFound
        if number in {parcel.tracking_number for parcel in shelf.parcels}:
            return
        lines = _lines(shelf, units)
        warehouse = await fulfillment.warehouse(supplier.warehouse)
        notice = _notice(shelf, lines, carrier, number)
        event = f"supplier:{work_order}:{number}"
        if not await payments.take_event(SOURCE, event, msgspec.json.encode(notice).decode()):
            return
        outcome, status = await take_shipment.take(notice, warehouse)
        await payments.settle_event(SOURCE, event, outcome, status=status)
        await outbox.post("purchasing.settle", key=f"settle:{supplier_id}", supplier_id=supplier_id)


async def _locked(supplier_id: UUID, work_order: UUID) -> Shelf:
    """As it stands once nobody else sends of it, the order locked first. Raises NotFound, also for another's."""
    if await supplier_shelf.shelf_of(supplier_id, work_order) is None:
        raise NotFound
    await orders.lock_by_work_order(work_order)
    shelf = await supplier_shelf.shelf_of(supplier_id, work_order)
    if shelf is None:
        raise NotFound
    return shelf


async def ship_table(supplier_id: UUID, data: bytes) -> tuple[int, list[BadRow]]:
    """Send every good row and answer with the bad ones. Raises UnreadableFile, FileTooLong, InvalidInput."""
    names, rows = small_table(data, most=MOST_ROWS)
    known = {name: ALSO.get(name.strip(), name.strip().lower().replace(" ", "_")) for name in names}
    if not {"order", "tracking_number"} <= set(known.values()):
        raise InvalidInput({"file": N_("The table needs the columns order, carrier and tracking_number.")})
    async with tenants.transaction():
        shelves = {shelf.reference: shelf for shelf in await supplier_shelf.to_ship(supplier_id)}
    taken, bad, seen = 0, list[BadRow](), set[str]()
    for number, cells in rows:
        row = {known[name]: cell for name, cell in cells.items() if name in known}
        wrong = await _ship_row(supplier_id, row, shelves, seen)
        if wrong:
            bad.append(BadRow(number, *wrong, tuple(row.get(name, "") for name in COLUMNS)))
        else:
            taken += 1
    return taken, bad


async def _ship_row(
    supplier_id: UUID, row: Mapping[str, str], shelves: Mapping[str, Shelf], seen: set[str]
) -> tuple[str, str] | None:
    """None when it was sent; else which column is wrong, and why."""
    shelf = shelves.get(row.get("order", ""))
    if shelf is None:
        return "order", N_("No order of yours that waits to be sent has this number.")
    if shelf.reference in seen:
        return "order", N_("This order is in the table twice.")
    try:
        await ship_goods(
            supplier_id, shelf.id, carrier=row.get("carrier", ""), tracking_number=row.get("tracking_number", "")
        )
    except InvalidInput as refusal:
        return next(iter(refusal.fields.items()))
    except Refusal as refusal:
        return "order", refusal.message
    seen.add(shelf.reference)
    return None


def _clean(tracking_number: str) -> str:
    number = "".join(tracking_number.split()).upper()
    if not _NUMBER.fullmatch(number):
        raise InvalidInput({"tracking_number": N_("Enter the tracking number as it stands on the parcel.")})
    return number


def _lines(shelf: Shelf, units: Mapping[UUID, int] | None) -> list[ParcelLine]:
    wrong = {
        f"units_{line.line_id}": N_("Enter a number between 0 and what is left.")
        for line in shelf.lines
        if units is not None and not 0 <= units.get(line.line_id, 0) <= line.left_over
    }
    if wrong:
        raise InvalidInput(wrong)
    counts = {line.line_id: line.left_over if units is None else units.get(line.line_id, 0) for line in shelf.lines}
    lines = [ParcelLine(str(line.line_id), line.sku, counts[line.line_id]) for line in shelf.lines]
    found = [line for line in lines if line.quantity]
    if not found:
        raise NothingLeft
    return found


def _notice(shelf: Shelf, lines: Sequence[ParcelLine], carrier: str, number: str) -> ShipmentNotice:
    known = codes.find(carrier) or codes.guess(number)
    if not known and not carrier.strip():
        raise InvalidInput({"carrier": N_("Say which carrier takes the parcel.")})
    code, name = (known.code, known.name) if known else ("", carrier.strip()[:40])
    parcel = Parcel(number, code, name, now(), tuple(lines))
    return ShipmentNotice(f"{shelf.id}:{number}", shelf.reference, parcel, complete=False)
