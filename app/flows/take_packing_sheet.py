"""A supplier, or the merchant for it, gives back a filled-in packing sheet: parcels left, or pieces are missing.

The rows become the same news a warehouse tells, and are taken by the same rule: once, whatever comes again.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

import tenants
from app import fulfillment
from app.flows.take_notice import take_notice
from app.fulfillment import WarehouseFacts, WorkOrder
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.table_files import FileTooLong, UnreadableFile, small_table
from infra.warehouse.port import Notice, Parcel, ParcelLine, ShipmentNotice, ShortLine, ShortNotice

MOST_ROWS = 500
LARGEST = 1_000_000
ADAPTER = "mailed"
NOT_READ = N_("This is not the sheet of this order. Fill in the file from the mail, and keep its columns.")
NO_TRACKING = N_("A row with shipped pieces needs a tracking number.")
NOT_A_COUNT = N_("Shipped is a number of pieces, at most what was ordered.")
NOTHING = N_("No row says how many pieces were shipped.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An order that a supplier packs from a mail, for the page where it answers."""

    reference: str
    status: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Said:
    line_id: str
    sku: str
    asked: int
    shipped: int
    carrier: str
    tracking: str


async def find_sheet(reference: str) -> Sheet:
    """Raises NotFound for whatever does not go out by mail."""
    work_order, _warehouse, wanted = await _found(reference)
    return Sheet(reference, work_order.status, tuple((sku, asked) for sku, asked in wanted.values()))


async def take_packing_sheet(reference: str, content: bytes) -> int:
    """Answers how many parcels were new or known. Raises NotFound, InvalidInput; then nothing was changed."""
    _work_order, warehouse, wanted = await _found(reference)
    said = _read(reference, content, wanted)
    notices = _notices(reference, said)
    for notice in notices:
        await take_notice(notice, msgspec.json.encode(notice).decode(), warehouse)
    return sum(isinstance(notice, ShipmentNotice) for notice in notices)


async def _found(reference: str) -> tuple[WorkOrder, WarehouseFacts, dict[str, tuple[str, int]]]:
    async with tenants.transaction():
        work_order = await fulfillment.by_reference(reference)
        warehouse = await fulfillment.warehouse(work_order.warehouse)
        rows = await tenants.connection().fetch(
            "SELECT w.order_line, coalesce(nullif(l.sku, ''), l.variant::text) AS sku, w.quantity"
            " FROM fulfillment_order_line w JOIN order_line l ON l.id = w.order_line"
            " WHERE w.fulfillment_order = $1 ORDER BY l.line_number",
            work_order.id,
        )
    if warehouse.adapter != ADAPTER:
        raise NotFound
    return work_order, warehouse, {str(row["order_line"]): (row["sku"], row["quantity"]) for row in rows}


def _read(reference: str, content: bytes, wanted: Mapping[str, tuple[str, int]]) -> list[_Said]:
    try:
        _names, rows = small_table(content, most=MOST_ROWS)
    except (UnreadableFile, FileTooLong) as error:
        raise InvalidInput({"sheet": NOT_READ}) from error
    said = [_row(reference, row, wanted) for _number, row in rows]
    if not any(one.shipped for one in said):
        raise InvalidInput({"sheet": NOTHING})
    if {one.line_id for one in said} - set(wanted) or len({one.line_id for one in said}) != len(said):
        raise InvalidInput({"sheet": NOT_READ})
    return said


def _row(reference: str, row: Mapping[str, str], wanted: Mapping[str, tuple[str, int]]) -> _Said:
    line_id = row.get("line_id", "")
    if row.get("reference") != reference or line_id not in wanted:
        raise InvalidInput({"sheet": NOT_READ})
    sku, asked = wanted[line_id]
    text, tracking = row.get("shipped", "") or "0", row.get("tracking_number", "")[:80]
    if not (text.isascii() and text.isdecimal()) or int(text) > asked:
        raise InvalidInput({"sheet": NOT_A_COUNT})
    if int(text) and not tracking:
        raise InvalidInput({"sheet": NO_TRACKING})
    return _Said(line_id, sku, asked, int(text), row.get("carrier", "")[:60], tracking)


def _notices(reference: str, said: list[_Said]) -> list[Notice]:
    """One parcel per tracking number; what is not in one of them is missing, and nothing more follows."""
    parcels: dict[str, list[_Said]] = defaultdict(list)
    for one in said:
        if one.shipped:
            parcels[one.tracking].append(one)
    moment = now()
    notices: list[Notice] = []
    for at, (tracking, lines) in enumerate(parcels.items(), 1):
        content = tuple(ParcelLine(one.line_id, one.sku, one.shipped) for one in lines)
        parcel = Parcel(tracking, lines[0].carrier, lines[0].carrier, moment, content)
        notices.append(ShipmentNotice(f"{reference}:{tracking}", reference, parcel, at == len(parcels)))
    missing = tuple(ShortLine(one.line_id, one.sku, one.asked - one.shipped) for one in said if one.shipped < one.asked)
    if missing:
        mark = hashlib.sha256(repr(missing).encode()).hexdigest()[:12]
        notices.insert(0, ShortNotice(f"{reference}:short:{mark}", reference, missing, "", moment))
    return notices
