"""A purchase order to take away: as a paper, as a table, and as data for a program. Not a journey of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import tenants
from app import orders, purchasing, store, suppliers
from app.flows.order_documents import as_pdf, speaking
from app.kernel import formats
from app.kernel.formats import money
from app.kernel.i18n import current_locale, gettext
from app.kernel.sheets import XlsxFile, exact
from app.orders import Paper, Row
from app.purchasing import Line, Portion, Purchase

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def purchase_pdf(purchase_id: UUID, *, supplier: UUID | None = None) -> tuple[str, bytes]:
    """Number and file. Raises NotFound, also for another supplier's."""
    async with tenants.transaction():
        purchase, lines, content, locale = await _read(purchase_id, supplier)
        paper = await _paper(purchase, lines, content, locale)
    return purchase.number, await as_pdf([paper])


async def purchase_xlsx(purchase_id: UUID, *, supplier: UUID | None = None) -> tuple[str, bytes]:
    """One row for each of the goods at each destination. Raises NotFound."""
    async with tenants.transaction():
        purchase, _lines, content, locale = await _read(purchase_id, supplier)
    with speaking(locale), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "purchase.xlsx"
        with XlsxFile(path, purchase.number) as book:
            book.row((
                gettext("Purchase order"), gettext("Version"), gettext("Goods"), "SKU", gettext("Your SKU"),
                gettext("Goes to"), gettext("Place"), gettext("Quantity"), gettext("Cost of one"), gettext("Total"),
                gettext("Currency"),
            ))  # fmt: skip
            for one in content:
                book.row((
                    purchase.number, purchase.version, one.title, one.sku, one.supplier_sku, _kind(one), one.label,
                    one.quantity, exact(one.cost_amount, purchase.currency), exact(one.amount, purchase.currency),
                    purchase.currency,
                ))  # fmt: skip
        return purchase.number, path.read_bytes()


async def purchase_data(purchase_id: UUID, *, supplier: UUID | None = None) -> dict[str, Any]:
    """For a program: amounts are integers of minor units. Raises NotFound."""
    async with tenants.transaction():
        purchase, lines, content, _locale = await _read(purchase_id, supplier)
    return {
        "number": purchase.number, "version": purchase.version, "status": purchase.status,
        "currency": purchase.currency, "total_amount": purchase.total_amount, "sent_at": purchase.sent_at,
        "answered_at": purchase.answered_at,
        "lines": [
            {
                "id": line.id, "title": line.title, "sku": line.sku, "supplier_sku": line.supplier_sku,
                "drop_ship": line.drop_ship, "cost_amount": line.cost_amount, "quantity": line.quantity,
                "accepted_quantity": line.accepted_quantity, "done": line.done,
                "destinations": [
                    {"kind": one.destination_kind, "name": one.label, "quantity": one.quantity}
                    for one in content if (one.variant, one.drop_ship) == (line.variant, line.drop_ship)
                ],
            }
            for line in lines
        ],
    }  # fmt: skip


async def _read(purchase_id: UUID, supplier: UUID | None) -> tuple[Purchase, list[Line], list[Portion], str]:
    purchase = await purchasing.find_purchase(purchase_id, supplier=supplier)
    locale = (await suppliers.find(purchase.supplier)).locale or (await store.read_profile()).locale
    lines = await purchasing.lines_of(purchase_id)
    return purchase, lines, await purchasing.content_of(purchase_id), locale


async def _paper(purchase: Purchase, lines: Sequence[Line], content: Sequence[Portion], locale: str) -> Paper:
    with speaking(locale):
        profile, seller = await store.read_profile(), await orders.read_seller()
        supplier = await suppliers.find(purchase.supplier)
        zone = formats.zone_of(tenants.current().time_zone)
        buyer = [seller.legal_name or profile.name, *seller.address.split("\n"), profile.contact_email]
        return Paper(
            kind="purchase_order",
            title=gettext("Purchase order"),
            number=purchase.number,
            locale=current_locale.get(),
            facts=[
                (gettext("Number"), purchase.number),
                (gettext("Version"), str(purchase.version)),
                (gettext("Ordered on"), formats.date(purchase.sent_at, current_locale.get(), zone)),
                (gettext("Status"), gettext(purchasing.words.STATES[purchase.status][0])),
            ],
            parties=[
                (gettext("Ordered by"), [line for line in buyer if line]),
                (gettext("Supplier"), [line for line in (supplier.name, supplier.contact, supplier.email) if line]),
            ],
            item_label=gettext("Goods"),
            quantity_label=gettext("Quantity"),
            columns=[gettext("Cost of one"), gettext("Total")],
            rows=[_row(line, content, purchase.currency) for line in lines if line.due],
            sums=[(gettext("Total"), money(purchase.total_amount, purchase.currency))],
            footer=profile.name,
        )


def _row(line: Line, content: Sequence[Portion], currency: str) -> Row:
    """With where how many of it go, except to shoppers: a packing list says that."""
    places = [
        f"{one.label} × {one.quantity}"
        for one in content
        if (one.variant, one.drop_ship) == (line.variant, line.drop_ship) and one.destination_kind != "shopper"
    ]
    note = gettext("You ship to the shoppers") if line.drop_ship and not places else " · ".join(places)
    detail = " · ".join(filter(None, (line.supplier_sku, line.sku)))
    return Row(line.title, detail, line.due, (money(line.cost_amount, currency), money(line.amount, currency)), note)


def _kind(portion: Portion) -> str:
    return gettext(purchasing.words.DESTINATIONS[portion.destination_kind])
