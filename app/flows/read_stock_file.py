"""A table of stock is looked at, then taken in: good rows change shelves, bad ones are answered with what is wrong."""

from __future__ import annotations

import msgspec

import tenants
from app import fulfillment, inventory, suppliers
from app.flows.change_stock import changing
from app.inventory import BadStockRow, Because, StockChange, StockRow
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.table_files import small_table


class StockPreview(msgspec.Struct, frozen=True):
    """What a table would do to the shelves as they are now."""

    changes: list[StockChange]
    bad: list[BadStockRow]


async def preview(data: bytes) -> StockPreview:
    """Raises UnreadableFile, FileTooLong, InvalidInput."""
    async with tenants.transaction():
        rows, bad = await _read(data)
        return StockPreview(await inventory.changes_of(rows), bad)


async def take_in(data: bytes, *, by: str) -> StockPreview:
    """The same, done. What orders hold meanwhile is left out and answered as `held`."""
    async with changing():
        rows, bad = await _read(data)
        return StockPreview(await inventory.apply_rows(rows, Because("import", by)), bad)


async def _read(data: bytes) -> tuple[list[StockRow], list[BadStockRow]]:
    _names, table = small_table(data, most=inventory.MOST_ROWS)
    rows = inventory.our_words(table)
    if not rows or "sku" not in rows[0][1] or not {"on_hand", "available", "safety"} & set(rows[0][1]):
        raise InvalidInput({"file": N_("The table needs a column sku, and on_hand, available or safety.")})
    places = await fulfillment.warehouses()
    warehouses = {name.lower(): each.id for each in places for name in (each.name, each.code) if name}
    known = await suppliers.variants_by_sku(cells.get("sku", "") for _number, cells in rows)
    return inventory.read_stock_rows(rows, known, warehouses)
