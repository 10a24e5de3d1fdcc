"""One row of an export becomes a sighting, or what is wrong with it. Rows never speak for each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from app.external_sales.columns import Columns, recognize
from app.external_sales.facts import LONGEST, PAID, STATUSES, Fact
from app.kernel.errors import Refusal
from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount
from app.kernel.table_files import named

MESSAGES = {
    "missing": N_("This is empty."),
    "bad_amount": N_("This is not an amount of %(currency)s."),
    "bad_number": N_("This is not a whole number above nothing."),
    "bad_time": N_("This is not a time that can be read."),
    "unknown_status": N_("“%(text)s” is a state nobody knows."),
    "too_long": N_("This is too long."),
    "unknown_slot": N_("No offer has a slot “%(text)s”."),
    "too_much": N_("The commission is more than the sale."),
    "future": N_("This lies in the future."),
}
TIMES = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d",
    "%Y/%m/%d",
)  # fmt: skip
DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")
NOTHING = ("", "-", "--", "—", "无", "/")
_NUMBER = re.compile(r"\d{1,5}(\.\d+)?")
_SYMBOL = re.compile(r"^(?:[A-Z]{3}|RM)\s*")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - how spreadsheets count days, in whatever zone the file is in
BACK = "退款成功"


class UnknownTable(Refusal):
    """No platform exports a table with these columns."""

    code = "external_sales.unknown_table"
    status = 422
    message = "These columns are not those of an order export of WeChat Channels, Douyin, TikTok Shop or a network."


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one row; nothing of the row is taken in."""

    row: int
    column: str
    code: str
    details: dict[str, Any] = {}
    cells: Mapping[str, str] = {}


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a row is read with: the store's currency and clock, and the slots that exist."""

    currency: str
    zone: ZoneInfo
    now: datetime
    slots: Mapping[str, UUID] = {}


class _Wrong(Exception):
    def __init__(self, field: str, code: str, **details: Any) -> None:
        self.field, self.code, self.details = field, code, details


def read(path: Path, reading: Reading) -> tuple[Columns, Iterator[tuple[int, Fact | Problem]]]:
    """The table's columns, then its rows one by one. Raises UnknownTable, UnreadableFile, FileTooLong."""
    rows = named(path)
    columns = recognize(next(rows)[1])
    if columns is None:
        raise UnknownTable
    return columns, _read(rows, columns, reading)


def _read(
    rows: Iterator[tuple[int, Mapping[str, str]]], columns: Columns, reading: Reading
) -> Iterator[tuple[int, Fact | Problem]]:
    seen: Counter[tuple[str, str]] = Counter()
    for number, cells in rows:
        said = {field: cells.get(name, "") for field, name in columns.names.items()}
        if columns.format.day_first and number == 2 and " " in said["order_number"]:
            continue  # the row that explains the columns
        try:
            yield number, _fact(said, columns, reading, seen)
        except _Wrong as wrong:
            name = columns.names.get(wrong.field, wrong.field)
            yield number, Problem(row=number, column=name, code=wrong.code, details=wrong.details, cells=cells)


def _fact(said: Mapping[str, str], columns: Columns, reading: Reading, seen: Counter[tuple[str, str]]) -> Fact:
    platform = columns.format.platform
    number, status = _text(said, "order_number", needed=True), _status(said, columns)
    quantity = _quantity(said)
    sale = _amount(said, "sale_amount", reading)
    base = _amount(said, "base_amount", reading) if "base_amount" in columns.names else sale
    if base > sale:
        raise _Wrong("base_amount", "too_much")
    placed = _time(said, "placed_at", columns, reading, needed=True)
    paid, received = _time(said, "paid_at", columns, reading), _time(said, "received_at", columns, reading)
    sharer, offer = _text(said, "sharer"), None
    if platform == "cps":
        sharer = _text(said, "slot", needed=True)
        offer = reading.slots.get(sharer)
        if offer is None:
            raise _Wrong("slot", "unknown_slot", text=sharer[:40])
    if placed is None or placed > reading.now + timedelta(days=1):
        raise _Wrong("placed_at", "future")
    if status == "received" and received is None:
        received = paid or placed
    if status == "closed" and paid is not None and platform != "cps":
        status = "paid"  # paid for and called off: everything goes back
        refunded = sale
    else:
        refunded = _refunded(said, sale, quantity, reading)
    return Fact(
        platform=platform, order_number=number, line_key=_key(said, columns, number, seen),
        title=_text(said, "title") or number, quantity=quantity, sale_amount=sale, base_amount=base,
        currency=reading.currency, status=status, placed_at=placed, sku_code=_text(said, "sku_code"),
        refunded_amount=min(refunded, sale),
        paid_at=paid if paid or STATUSES.index(status) < PAID or status == "closed" else placed, received_at=received,
        sharer=sharer, sharer_name=_text(said, "sharer_name"), sharer_final=_final(said, platform, status), offer=offer,
    )  # fmt: skip


def _final(said: Mapping[str, str], platform: str, status: str) -> bool:
    """A file of WeChat Channels says how far it is with the sharer, or leaves it to the receipt of the goods."""
    if platform == "wechat_channels" and said.get("sharer_state"):
        return said["sharer_state"] in ("1", "已处理", "已完成", "处理完成", "已结算")
    return status == "received"


def _key(said: Mapping[str, str], columns: Columns, order_number: str, seen: Counter[tuple[str, str]]) -> str:
    """What tells a line from the others of its order; the same goods twice are told by their place."""
    key = next((text for field in columns.format.keyed_by if (text := said.get(field, "")) not in NOTHING), "1")[
        :LONGEST
    ]
    seen[order_number, key] += 1
    count = seen[order_number, key]
    return key if count == 1 else f"{key}#{count}"


def _text(said: Mapping[str, str], field: str, *, needed: bool = False) -> str:
    text = said.get(field, "")
    if text in NOTHING:
        if needed:
            raise _Wrong(field, "missing")
        return ""
    if len(text) > LONGEST and field != "title":
        raise _Wrong(field, "too_long")
    return text[:LONGEST]


def _status(said: Mapping[str, str], columns: Columns) -> str:
    text = _text(said, "status", needed=True)
    known = columns.format.statuses.get(text.lower())
    if known is None:
        raise _Wrong("status", "unknown_status", text=text[:40])
    return known


def _quantity(said: Mapping[str, str]) -> int:
    text = said.get("quantity", "") or "1"
    if not re.fullmatch(r"\d{1,6}(\.0+)?", text) or not (number := int(text.partition(".")[0])):
        raise _Wrong("quantity", "bad_number")
    return number


def _amount(said: Mapping[str, str], field: str, reading: Reading) -> int:
    text = said.get(field, "")
    if text in NOTHING:
        raise _Wrong(field, "missing")
    return _minor(text, field, reading)


def _minor(text: str, field: str, reading: Reading) -> int:
    try:
        return parse_amount(_SYMBOL.sub("", text.replace("，", ",")), reading.currency)
    except InvalidAmount as error:
        raise _Wrong(field, "bad_amount", currency=reading.currency) from error


def _refunded(said: Mapping[str, str], sale: int, quantity: int, reading: Reading) -> int:
    """What the row says went back: an amount, or units, or that everything did."""
    text = said.get("refunded_amount", "")
    if text not in NOTHING:
        return _minor(text, "refunded_amount", reading)
    if said.get("after_sale") == BACK:
        return sale
    returned = said.get("returned", "")
    return sale * min(int(returned), quantity) // quantity if returned.isdecimal() and returned.isascii() else 0


def _time(
    said: Mapping[str, str], field: str, columns: Columns, reading: Reading, *, needed: bool = False
) -> datetime | None:
    text = _text(said, field, needed=needed)
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return (_EPOCH + timedelta(seconds=round(float(text) * 86_400))).replace(tzinfo=reading.zone).astimezone(UTC)
    for form in (*(DAY_FIRST if columns.format.day_first else ()), *TIMES):
        try:
            return datetime.strptime(text, form).replace(tzinfo=reading.zone).astimezone(UTC)
        except ValueError:
            continue
    raise _Wrong(field, "bad_time")
