"""A provider's statement as a file: `number,kind,amount,fee,currency,provider_ref,happened_at`.

Amounts are written as people write them (43.90), times as ISO 8601; a time without an offset is the store's. A file
with a single wrong row is refused whole: half a statement would look like missing money.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

import msgspec

from app.kernel.i18n import N_
from app.kernel.money import CURRENCIES, InvalidAmount, parse_amount

COLUMNS = ("number", "kind", "amount", "fee", "currency", "provider_ref", "happened_at")
KINDS = {"payment", "refund"}
MOST_ROWS = 200_000
MOST_ERRORS = 50
SLACK = timedelta(hours=1)  # a provider's day may end a little after ours


class FileLine(msgspec.Struct, frozen=True):
    number: str
    kind: str
    provider_ref: str
    amount: int
    fee_amount: int
    currency: str
    happened_at: datetime


class RowError(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do: the heading is row 1. `message` is an English msgid."""

    row: int
    column: str
    message: str


class BadCell(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(column, message)
        self.column, self.message = column, message


def read_statement(data: bytes, span: tuple[datetime, datetime], zone: tzinfo) -> tuple[list[FileLine], list[RowError]]:
    """The lines of a file about the time `span`, or what is wrong with it, row by row."""
    try:
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            return [], [RowError(1, column, N_("This column is missing.")) for column in missing]
        return _read(rows, span, zone)
    except UnicodeDecodeError:
        return [], [RowError(1, "", N_("The file is not UTF-8 text."))]
    except csv.Error:
        return [], [RowError(1, "", N_("The file is not a CSV table."))]


def _read(
    rows: csv.DictReader[str], span: tuple[datetime, datetime], zone: tzinfo
) -> tuple[list[FileLine], list[RowError]]:
    lines: list[FileLine] = []
    errors: list[RowError] = []
    for row in rows:
        try:
            lines.append(_line(row, span, zone))
        except BadCell as cell:
            errors.append(RowError(rows.line_num, cell.column, cell.message))
        if len(errors) >= MOST_ERRORS or len(lines) > MOST_ROWS:
            break
    if len(lines) > MOST_ROWS:
        errors.append(RowError(rows.line_num, "", N_("The file has too many rows for one day.")))
    return ([], errors) if errors else (lines, [])


def _line(row: Mapping[str, str | None], span: tuple[datetime, datetime], zone: tzinfo) -> FileLine:
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    if not cells["number"]:
        raise BadCell("number", N_("The number is missing."))
    if cells["kind"] not in KINDS:
        raise BadCell("kind", N_("Write payment or refund."))
    if cells["currency"] not in CURRENCIES:
        raise BadCell("currency", N_("This currency is not known."))
    return FileLine(
        cells["number"][:200], cells["kind"], cells["provider_ref"][:200],
        _amount("amount", cells["amount"], cells["currency"]), _fee(cells["fee"], cells["currency"]),
        cells["currency"], _moment(cells["happened_at"], span, zone),
    )  # fmt: skip


def _amount(column: str, text: str, currency: str) -> int:
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        raise BadCell(column, error.message) from error


def _fee(text: str, currency: str) -> int:
    """Nothing, or an amount; with a minus it was given back."""
    if not text:
        return 0
    return -_amount("fee", text[1:], currency) if text.startswith("-") else _amount("fee", text, currency)


def _moment(text: str, span: tuple[datetime, datetime], zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadCell("happened_at", N_("Write a time like 2026-03-14T12:30:00.")) from None
    moment = (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    if not span[0] - SLACK <= moment < span[1] + SLACK:
        raise BadCell("happened_at", N_("This time is not on the day of the statement."))
    return moment
