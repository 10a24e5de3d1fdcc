"""The CSV files of a drop: what we write for the warehouse and what it writes for us.

Described with examples in docs/integrations/csv-drop.md. A row that makes no sense is kept apart with the reason, the
others of its file count; a text that a spreadsheet could take for a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from infra.warehouse.cells import plain
from infra.warehouse.port import (
    CancelNotice,
    Notice,
    Parcel,
    ParcelLine,
    ProgressNotice,
    ReturnedLine,
    ReturnNotice,
    ReturnOrder,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    StockNotice,
    WarehouseOrder,
)

ORDER_COLUMNS = (
    "reference", "line_id", "sku", "name", "quantity", "receiver", "phone", "country", "state", "city", "district",
    "address", "zip", "remark", "paid_at", "currency", "amount",
)  # fmt: skip
RETURN_COLUMNS = ("reference", "order_reference", "line_id", "sku", "name", "quantity", "carrier", "tracking_number",
                  "reason")  # fmt: skip
NEWS_COLUMNS = ("type", "reference", "at")
STOCK_COLUMNS = ("sku", "available", "at")
MOST_ROWS = 20_000

Row = Mapping[str, str]


class Bad(NamedTuple):
    """One row nobody can act on, as it came, and why."""

    row: Row
    reason: str


class Read(NamedTuple):
    """What a file of the warehouse's says."""

    notices: list[Notice]
    bad: list[Bad]


class NotOurs(Exception):
    """The whole file is unreadable: another encoding, no header, too long."""


def order_file(order: WarehouseOrder) -> bytes:
    to = order.receiver
    shared = (to.name, to.phone, to.country, to.state, to.city, to.district, to.address, to.zip, order.remark)
    return _written(ORDER_COLUMNS, (
        (order.reference, line.line_id, line.sku, line.name, line.quantity, *shared, _moment(order.paid_at),
         order.currency, line.amount)
        for line in order.lines
    ))  # fmt: skip


def return_file(order: ReturnOrder) -> bytes:
    return _written(RETURN_COLUMNS, (
        (order.reference, order.order_reference, line.line_id, line.sku, line.name, line.quantity,
         order.carrier_code, order.tracking_number, order.reason)
        for line in order.lines
    ))  # fmt: skip


def rejected_file(bad: Iterable[Bad]) -> bytes:
    """The rows nobody could act on, each with the reason in front."""
    rows = list(bad)
    columns = list(dict.fromkeys(name for each in rows for name in each.row))
    return _written(("reason_of_rejection", *columns), (
        (each.reason, *(each.row.get(name, "") for name in columns)) for each in rows
    ))  # fmt: skip


def read_news(content: bytes) -> Read:
    """Rows of one parcel, one short pick or one return belong together. Raises NotOurs."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    bad: list[Bad] = []
    for row in _rows(content, NEWS_COLUMNS):
        kind = row["type"]
        if kind not in _READERS or not row["reference"]:
            bad.append(Bad(row, "type or reference is not known"))
            continue
        groups[kind, row["reference"], row.get("tracking_number", "") if kind == "shipment" else ""].append(row)
    notices: list[Notice] = []
    for (kind, reference, _tracking), rows in groups.items():
        try:
            notices.append(_READERS[kind](reference, rows))
        except (ValueError, KeyError) as error:
            bad += [Bad(row, f"{type(error).__name__}: {error}") for row in rows]
    return Read(notices, bad)


def read_stock(content: bytes) -> tuple[list[StockNotice], list[Bad]]:
    """Raises NotOurs."""
    levels: list[StockNotice] = []
    bad: list[Bad] = []
    for row in _rows(content, STOCK_COLUMNS):
        try:
            at, available = _at(row), max(int(row["available"]), 0)
            notice_id = f"{row['sku']}:{_moment(at)}:{available}"
            levels.append(StockNotice(notice_id, _needed(row, "sku"), row.get("warehouse", ""), available, at))
        except ValueError as error:
            bad.append(Bad(row, str(error)))
    return levels, bad


def _rows(content: bytes, needed: tuple[str, ...]) -> list[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what spreadsheet programs in China save by default
        except UnicodeDecodeError as error:
            raise NotOurs("neither UTF-8 nor GB18030") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if set(needed) - set(reader.fieldnames or ()):
            raise NotOurs(f"the first row does not name {', '.join(needed)}")
        rows: list[Row] = [
            {name: (text or "").strip().removeprefix("'") for name, text in row.items() if name} for row in reader
        ]
    except (csv.Error, AttributeError) as error:
        raise NotOurs(str(error)) from error
    if len(rows) > MOST_ROWS:
        raise NotOurs(f"more than {MOST_ROWS} rows")
    return rows


def _shipment(reference: str, rows: list[Row]) -> Notice:
    first = rows[0]
    tracking = _needed(first, "tracking_number")
    lines = tuple(ParcelLine(row.get("line_id", ""), _needed(row, "sku"), _count(row)) for row in rows)
    carrier = first.get("carrier", "")
    parcel = Parcel(tracking, carrier, first.get("carrier_name") or carrier, _at(first), lines)
    complete = all(row.get("complete", "").lower() not in ("no", "false", "0", "否") for row in rows)
    return ShipmentNotice(f"{reference}:{tracking}", reference, parcel, complete)


def _cancel(reference: str, rows: list[Row]) -> Notice:
    return CancelNotice(f"{reference}:canceled", reference, rows[0].get("reason", ""), _at(rows[0]))


def _short(reference: str, rows: list[Row]) -> Notice:
    lines = tuple(
        ShortLine(row.get("line_id", ""), _needed(row, "sku"), _count(row), row.get("found_sku", "")) for row in rows
    )
    notice_id = f"{reference}:short:{hashlib.sha256(repr(lines).encode()).hexdigest()[:12]}"
    return ShortNotice(notice_id, reference, lines, rows[0].get("reason", ""), _at(rows[0]))


def _progress(reference: str, rows: list[Row]) -> Notice:
    last = rows[-1]
    packed = last.get("packed", "").lower() in ("yes", "true", "1", "是")
    picked = _count(last, at_least=0)
    return ProgressNotice(f"{reference}:{picked}:{packed}", reference, picked, packed, _at(last))


def _return(reference: str, rows: list[Row]) -> Notice:
    lines = tuple(
        ReturnedLine(
            row.get("line_id", ""), _needed(row, "sku"), _count(row, at_least=0), _count(row, "damaged", at_least=0)
        )
        for row in rows
    )
    return ReturnNotice(f"{reference}:returned", reference, lines, _at(rows[0]), rows[0].get("reason", ""))


_READERS: Mapping[str, Callable[[str, list[Row]], Notice]] = {
    "shipment": _shipment, "cancel": _cancel, "short": _short, "progress": _progress, "return": _return,
}  # fmt: skip


def _needed(row: Row, name: str) -> str:
    if not row.get(name):
        raise ValueError(f"{name} is empty")
    return row[name]


def _count(row: Row, name: str = "quantity", *, at_least: int = 1) -> int:
    text = row.get(name) or "0"
    if not (text.isascii() and text.isdecimal()) or not at_least <= int(text) <= 1_000_000:
        raise ValueError(f"{name} is not a number of pieces")
    return int(text)


def _at(row: Row) -> datetime:
    """ISO 8601; a moment without an offset is UTC."""
    moment = datetime.fromisoformat(_needed(row, "at"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _written(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([plain(value) if isinstance(value, str) else value for value in row] for row in rows)
    return ("\ufeff" + file.getvalue()).encode()
