"""A session's report as a table to take away: slots, hosts, sharers, products and what promoters earn. Not a journey.

In the words of whoever takes it; no cell is a formula.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from app import commissions
from app.flows.session_report import Report, Row
from app.flows.session_sales import Sold
from app.kernel.i18n import gettext as _
from app.kernel.sheets import Cell, CsvRows, XlsxFile, exact

Form = Literal["csv", "xlsx"]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def write_sheet(report: Report, form: Form) -> bytes:
    rows = list(_rows(report))
    if form == "csv":
        sheet = CsvRows()
        for cells in rows:
            sheet.row(cells)
        return sheet.take().encode()
    return await asyncio.to_thread(_workbook, report.title, rows)


def _workbook(title: str, rows: Sequence[Sequence[Cell]]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        path = Path(folder) / "report.xlsx"
        with XlsxFile(path, title) as file:
            for cells in rows:
                file.row(cells)
        return path.read_bytes()


def _rows(report: Report) -> Iterator[Sequence[Cell]]:
    yield [
        _("What"), _("Name"), _("Detail"), _("Paid orders"), _("Units"), _("Goods"), _("Discounts"), _("Gross"),
        _("Refunded"), _("Net"), _("Commission"),
    ]  # fmt: skip
    yield [_("Session"), report.title, "", *_cells(report.total, report)]
    ways: tuple[tuple[str, Sequence[Row]], ...] = (
        (_("Part of the show"), report.slots), (_("Host"), report.hosts), (_("Sharer"), report.sharers),
        (_("Product"), report.products),
    )  # fmt: skip
    for what, rows in ways:
        for row in rows:
            yield [what, row.name or _("Not on air"), row.detail, *_cells(row.sold, report)]
    blank: list[Cell] = [""] * 7
    for one in report.earned:
        said = "held" if one.held else one.status
        detail = f"{_(commissions.words.ROLES.get(one.role, ''))} · {_(commissions.words.STATES[said][0])}".lstrip(" ·")
        yield [_("Commission"), one.name, detail, *blank, exact(one.amount, report.currency)]
    for prize in report.prizes:
        yield [_("Prize"), prize.name, prize.contest, *blank, exact(prize.amount, report.currency)]
    for gift in report.gifts:
        yield [
            _("Gifts given"),
            gift.title,
            _("%(given)s of %(granted)s given", given=gift.given, granted=gift.granted),
        ]
    for lent in report.lent:
        words = _(
            "%(sold)s of %(lent)s sold, %(returned)s returned", sold=lent.sold, lent=lent.lent, returned=lent.returned
        )
        yield [_("Lent to the show"), lent.title, words]


def _cells(sold: Sold, report: Report) -> list[Cell]:
    """Commission only in a whole report: in a host's own it stands in rows of its own."""
    amounts = [sold.goods_amount, sold.discount_amount, sold.gross_amount, sold.refunded_amount, sold.net_amount]
    commission: list[Cell] = [exact(sold.commission_amount, report.currency)] if report.whole else [""]
    return [sold.paid_orders, sold.units, *(exact(amount, report.currency) for amount in amounts), *commission]
