"""What was paid out within a year or a month: for the store, and for one promoter. Not a journey of its own.

A payout belongs to the day it reached the promoter, in the store's time zone. Gross is what left the commission,
withheld what was kept for the tax office, net what arrived.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import payouts
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.i18n import gettext as _
from app.kernel.sheets import Cell, CsvRows, XlsxFile, exact
from app.payouts import Payout, Statement

EARLIEST = 2020
_PEOPLE = "SELECT id, name, email FROM promoter WHERE id = ANY($1::uuid[])"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
Rows = Sequence[Iterable[Cell]]


class Period(msgspec.Struct, frozen=True):
    """A year, or a month of it where `month` is not zero."""

    year: int
    month: int
    start: datetime
    end: datetime

    @property
    def name(self) -> str:
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)


class Named(msgspec.Struct, frozen=True):
    """A promoter's sums."""

    name: str
    email: str
    sums: Statement


def this_year() -> int:
    return now().astimezone(_zone()).year


def period_of(year: int, month: int) -> Period:
    """Year 0 is this one. Raises NotFound for a time that is none."""
    year = year or this_year()
    if not (EARLIEST <= year <= this_year() and 0 <= month <= 12):
        raise NotFound
    last = month or 12
    start = datetime(year, month or 1, 1, tzinfo=_zone())
    end = datetime(year + last // 12, last % 12 + 1, 1, tzinfo=_zone())
    return Period(year, month, start.astimezone(UTC), end.astimezone(UTC))


async def statements_of(period: Period) -> list[Named]:
    """Everybody who was paid, most first. Inside an open transaction."""
    found = await payouts.statements_of(period.start, period.end)
    rows = await tenants.connection().fetch(_PEOPLE, [one.promoter for one in found])
    people = {row["id"]: (row["name"], row["email"]) for row in rows}
    return [Named(*people[one.promoter], one) for one in found]


async def statement_of(promoter: UUID, period: Period) -> tuple[Statement, list[Payout]]:
    """One promoter's sums and payouts. Inside an open transaction."""
    found = await payouts.statements_of(period.start, period.end, promoter)
    paid = await payouts.paid_within(promoter, period.start, period.end)
    return (found[0] if found else Statement(promoter, 0, 0, 0)), paid


def table_of_store(rows: Sequence[Named], period: Period, currency: str) -> Rows:
    head = (
        _("Promoter"),
        _("E-mail"),
        _("Period"),
        _("Payouts"),
        _("Before withholding"),
        _("Withheld"),
        _("After withholding"),
        _("Currency"),
    )
    return [head, *(
        (row.name, row.email, period.name, row.sums.payouts, exact(row.sums.gross, currency),
         exact(row.sums.withheld, currency), exact(row.sums.net, currency), currency)
        for row in rows
    )]  # fmt: skip


def table_of_payouts(rows: Sequence[Payout]) -> Rows:
    head = (
        _("Number"),
        _("Paid on"),
        _("Way"),
        _("Before withholding"),
        _("Withheld"),
        _("After withholding"),
        _("Currency"),
    )
    return [head, *(
        (row.number, _local(row.finished_at), payouts.words.way(row.way), exact(row.amount, row.currency),
         exact(row.withheld_amount, row.currency), exact(row.net_amount, row.currency), row.currency)
        for row in rows
    )]  # fmt: skip


def file_of(rows: Rows, kind: str, title: str) -> tuple[bytes, dict[str, str]]:
    """The table as a file with its headers. Raises NotFound for a kind there is none of."""
    if kind not in TYPES:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="{title}.{kind}"', "Cache-Control": "no-store"}
    return (_as_csv(rows) if kind == "csv" else _as_xlsx(rows, title)), headers


def _as_csv(rows: Rows) -> bytes:
    sheet = CsvRows()
    for row in rows:
        sheet.row(row)
    return sheet.take().encode()


def _as_xlsx(rows: Rows, title: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xlsx"
        with XlsxFile(path, title) as book:
            for row in rows:
                book.row(row)
        return path.read_bytes()


def _local(moment: datetime | None) -> datetime | None:
    return moment.astimezone(_zone()) if moment else None


def _zone() -> ZoneInfo:
    return ZoneInfo(tenants.current().time_zone)
