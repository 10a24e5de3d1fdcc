"""Tables of stock as people send them: `sku,warehouse,on_hand,available,safety`, or `sku,counted`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from app.kernel.i18n import N_

COLUMNS = ("sku", "warehouse", "on_hand", "available", "safety")
COUNT_COLUMNS = ("sku", "counted")
ALSO = {
    "编码": "sku", "商品编码": "sku", "編號": "sku", "商品編號": "sku", "货号": "sku", "貨號": "sku",
    "仓库": "warehouse", "倉庫": "warehouse", "仓库编码": "warehouse", "倉庫代碼": "warehouse",
    "在库": "on_hand", "现有库存": "on_hand", "在庫": "on_hand", "現有庫存": "on_hand", "on hand": "on_hand",
    "可售": "available", "可售库存": "available", "可售庫存": "available", "can be sold": "available",
    "安全库存": "safety", "安全庫存": "safety", "kept back": "safety",
    "盘点数": "counted", "实盘": "counted", "盤點數": "counted", "實盤": "counted",
}  # fmt: skip
MOST_ROWS = 20_000
MOST_UNITS = 100_000_000
Cells = Mapping[str, str]


class StockRow(msgspec.Struct, frozen=True):
    """What a row wants of one shelf; None leaves it as it is."""

    sku: str
    variant: UUID
    warehouse: UUID
    on_hand: int | None
    available: int | None
    safety: int | None


class BadStockRow(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do. `message` is an English msgid."""

    row: int
    column: str
    message: str
    cells: Cells


def our_words(rows: Sequence[tuple[int, Cells]]) -> list[tuple[int, dict[str, str]]]:
    """Rows by our names of the columns."""
    return [
        (number, {ALSO.get(name.strip().lower(), name.strip().lower().replace(" ", "_")): cell for name, cell in
            cells.items()}) for number, cells in rows
    ]  # fmt: skip


def read_stock_rows(
    rows: Sequence[tuple[int, Cells]], variants: Mapping[str, Sequence[UUID]], warehouses: Mapping[str, UUID]
) -> tuple[list[StockRow], list[BadStockRow]]:
    """`warehouses` by code and name in lower case; where the store has one only, it need not be named."""
    good, bad = list[StockRow](), list[BadStockRow]()
    seen = set[tuple[UUID, UUID]]()
    for number, cells in rows:
        found = _stock_row(cells, variants, warehouses, seen)
        if isinstance(found, StockRow):
            good.append(found)
            seen.add((found.variant, found.warehouse))
        else:
            bad.append(BadStockRow(number, *found, cells))
    return good, bad


def read_counts(
    rows: Sequence[tuple[int, Cells]], variants: Mapping[str, Sequence[UUID]], asked: Collection[UUID]
) -> tuple[dict[UUID, int], list[BadStockRow]]:
    """Counts by variant; rows without a count are rows nobody counted, and neither good nor bad."""
    counts, bad = dict[UUID, int](), list[BadStockRow]()
    for number, cells in rows:
        if not cells.get("counted", ""):
            continue
        wrong = _wrong_sku(cells, variants)
        units = _units(cells, "counted")
        if wrong:
            bad.append(BadStockRow(number, "sku", wrong, cells))
        elif not isinstance(units, int):
            bad.append(BadStockRow(number, "counted", N_("Enter a whole number."), cells))
        elif (variant := variants[cells["sku"]][0]) not in asked:
            bad.append(BadStockRow(number, "sku", N_("This stock take does not ask for it."), cells))
        elif variant in counts:
            bad.append(BadStockRow(number, "sku", N_("This SKU is in the table twice."), cells))
        else:
            counts[variant] = units
    return counts, bad


def _stock_row(
    cells: Cells, variants: Mapping[str, Sequence[UUID]], warehouses: Mapping[str, UUID],
    seen: Collection[tuple[UUID, UUID]],
) -> StockRow | tuple[str, str]:  # fmt: skip
    if wrong := _wrong_sku(cells, variants):
        return "sku", wrong
    only = next(iter(warehouses.values())) if len(set(warehouses.values())) == 1 else None
    name = cells.get("warehouse", "")
    warehouse = warehouses.get(name.lower()) if name else only
    if warehouse is None:
        return "warehouse", N_("No warehouse of yours has this name or code.")
    numbers = {column: _units(cells, column) for column in ("on_hand", "available", "safety")}
    for column, units in numbers.items():
        if units == "":
            return column, N_("Enter a whole number.")
    if numbers["on_hand"] is None and numbers["available"] is None and numbers["safety"] is None:
        return "on_hand", N_("This row changes nothing.")
    if numbers["on_hand"] is not None and numbers["available"] is not None:
        return "available", N_("Say what is on hand or what can be sold, not both.")
    variant = variants[cells["sku"]][0]
    if (variant, warehouse) in seen:
        return "sku", N_("This SKU is in the table twice.")
    return StockRow(cells["sku"], variant, warehouse, *numbers.values())  # type: ignore[arg-type] # checked above


def _units(cells: Cells, column: str) -> int | str | None:
    """None where nothing was said, the empty text for what is no number."""
    text = cells.get(column, "").replace(",", "")
    if not text:
        return None
    if text.endswith(".0"):
        text = text[:-2]  # spreadsheets write whole numbers so
    return int(text) if text.isascii() and text.isdecimal() and int(text) <= MOST_UNITS else ""


def _wrong_sku(cells: Cells, variants: Mapping[str, Sequence[UUID]]) -> str:
    known = variants.get(cells.get("sku", ""), ())
    if not known:
        return N_("No goods of yours have this SKU.")
    return N_("Several goods have this SKU. Give each its own first.") if len(known) > 1 else ""
