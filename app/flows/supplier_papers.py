"""What a supplier packs by: slips of everything that waits, and the table to bring tracking numbers back in."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import store, suppliers
from app.flows import supplier_shelf
from app.flows.order_documents import as_pdf, speaking
from app.flows.supplier_ships import COLUMNS
from app.kernel.i18n import current_locale, gettext
from app.kernel.sheets import CsvRows
from app.orders import Paper, Row

MOST_SLIPS = 200


async def packing_pdf(supplier_id: UUID) -> bytes | None:
    """One slip for each order that waits, without prices; None when none does."""
    async with tenants.transaction():
        shelves = await supplier_shelf.to_ship(supplier_id)
        profile = await store.read_profile()
        locale = (await suppliers.find(supplier_id)).locale or profile.locale
    if not shelves:
        return None
    return await as_pdf([_slip(shelf, profile.name, locale) for shelf in shelves[:MOST_SLIPS]])


def _slip(shelf: supplier_shelf.Shelf, store_name: str, locale: str) -> Paper:
    with speaking(locale):
        to = [line for line in (shelf.point, shelf.recipient, shelf.address, shelf.phone) if line]
        return Paper(
            kind="packing_slip",
            title=gettext("Packing slip"),
            number=shelf.reference,
            locale=current_locale.get(),
            facts=[(gettext("Order"), shelf.reference)],
            parties=[(gettext("Deliver to"), to or ["–"]), (gettext("From"), [store_name])],
            item_label=gettext("Goods"),
            quantity_label=gettext("Quantity"),
            columns=[],
            rows=[
                Row(line.title, " · ".join(filter(None, (line.supplier_sku, line.sku))), line.left_over)
                for line in shelf.lines
                if line.left_over
            ],
            remarks=[gettext("Note: %(text)s", text=shelf.note)] if shelf.note else [],
            footer=store_name,
        )


async def shipping_csv(supplier_id: UUID) -> bytes:
    """The columns that are read again, and beside them what a packer needs to know."""
    async with tenants.transaction():
        shelves = await supplier_shelf.to_ship(supplier_id)
    sheet = CsvRows()
    sheet.row((*COLUMNS, "recipient", "phone", "address", "goods", "note"))
    for shelf in shelves:
        goods = "; ".join(f"{line.title} × {line.left_over}" for line in shelf.lines if line.left_over)
        place = " ".join(filter(None, (shelf.point, shelf.address)))
        sheet.row((shelf.reference, "", "", shelf.recipient, shelf.phone, place, goods, shelf.note))
    return sheet.take().encode()
