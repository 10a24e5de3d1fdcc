"""A supplier's statement to take away: as a paper, CSV or XLSX. Not a journey of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import tenants
from app import orders, purchasing, store, suppliers
from app.flows.order_documents import as_pdf, speaking
from app.kernel import formats
from app.kernel.errors import NotFound
from app.kernel.formats import money
from app.kernel.i18n import current_locale, gettext
from app.kernel.sheets import Cell, CsvRows, XlsxFile, exact
from app.orders import Paper, Row
from app.purchasing import Entry, Statement

TYPES = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


async def statement_file(statement_id: UUID, kind: str, *, supplier: UUID | None = None) -> tuple[str, bytes]:
    """Name and content. Raises NotFound, also for another supplier's."""
    if kind not in TYPES:
        raise NotFound
    async with tenants.transaction():
        statement = await purchasing.find_statement(statement_id, supplier=supplier)
        entries = await purchasing.entries_in(statement_id)
        locale = (await suppliers.find(statement.supplier)).locale or (await store.read_profile()).locale
        paper = await _paper(statement, entries, locale)
    if kind == "pdf":
        return f"{statement.number}.pdf", await as_pdf([paper])
    with speaking(locale):
        rows = list(_rows(statement, entries))
    return f"{statement.number}.{kind}", _as_csv(rows) if kind == "csv" else _as_xlsx(rows, statement.number)


async def _paper(statement: Statement, entries: Sequence[Entry], locale: str) -> Paper:
    with speaking(locale):
        profile, seller = await store.read_profile(), await orders.read_seller()
        supplier = await suppliers.find(statement.supplier)
        currency = statement.currency
        return Paper(
            kind="supplier_statement",
            title=gettext("Supplier statement"),
            number=statement.number,
            locale=current_locale.get(),
            facts=[
                (gettext("Number"), statement.number),
                (gettext("Entries since"), _day(statement.starts_at) if statement.starts_at else "–"),
                (gettext("Entries until"), _day(statement.ends_at)),
            ],
            parties=[
                (gettext("Supplier"), [line for line in (supplier.name, supplier.contact, supplier.email) if line]),
                (gettext("Store"), [seller.legal_name or profile.name, profile.contact_email]),
            ],
            item_label=gettext("Entry"),
            quantity_label=gettext("Quantity"),
            columns=[gettext("Amount")],
            rows=[
                Row(_title(one), f"{_day(one.at)} {one.purchase_number}", one.units, (money(one.amount, currency),),
                    one.words)
                for one in entries
            ],
            sums=[(gettext(label), money(amount, currency)) for label, amount in purchasing.words.sums(statement)],
            footer=profile.name,
        )  # fmt: skip


def _rows(statement: Statement, entries: Sequence[Entry]) -> Iterable[Sequence[Cell]]:
    currency = statement.currency
    yield [
        gettext("Date"), gettext("Entry"), gettext("Purchase order"), gettext("Goods"), gettext("Quantity"),
        gettext("Amount"), gettext("Currency"), gettext("Due on"), gettext("Note"),
    ]  # fmt: skip
    for one in entries:
        yield [
            _day(one.at), gettext(purchasing.words.ENTRIES[one.kind][0]), one.purchase_number, one.title, one.units,
            exact(one.amount, currency), currency, _day(one.due_at), one.words,
        ]  # fmt: skip
    for label, amount in purchasing.words.sums(statement):
        yield ["", gettext(label), "", "", "", exact(amount, currency), currency, "", ""]


def _title(entry: Entry) -> str:
    return entry.title or f"{gettext(purchasing.words.ENTRIES[entry.kind][0])} {entry.payment_number}".strip()


def _day(moment: datetime) -> str:
    return formats.date(moment, current_locale.get(), formats.zone_of(tenants.current().time_zone))


def _as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    sheet = CsvRows()
    for row in rows:
        sheet.row(row)
    return sheet.take().encode()


def _as_xlsx(rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statement.xlsx"
        with XlsxFile(path, title) as book:
            for row in rows:
                book.row(row)
        return path.read_bytes()
