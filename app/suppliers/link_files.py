"""Goods of one supplier as a table: `sku,supplier_sku,cost,lead_days,drop_ship,main`. Good rows are told from bad."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from app.kernel.i18n import N_
from app.kernel.money import InvalidAmount, parse_amount
from app.suppliers.links import LinkEdit

COLUMNS = ("sku", "supplier_sku", "cost", "lead_days", "drop_ship", "main")
ALSO = {
    "编码": "sku", "商品编码": "sku", "編號": "sku", "商品編號": "sku",
    "供应商编码": "supplier_sku", "供應商編號": "supplier_sku",
    "成本": "cost", "采购价": "cost", "採購價": "cost", "成本價": "cost",
    "交期": "lead_days", "交货天数": "lead_days", "交貨天數": "lead_days",
    "代发": "drop_ship", "一件代发": "drop_ship", "代發": "drop_ship", "直送": "drop_ship",
    "主供应商": "main", "主供應商": "main",
}  # fmt: skip
YES, NO = {"yes", "y", "true", "1", "是"}, {"", "no", "n", "false", "0", "否"}
MOST_ROWS = 5_000
Cells = Mapping[str, str]


class GoodRow(msgspec.Struct, frozen=True):
    """What one row says. `cost_amount` is None where it leaves the cost as it is."""

    edit: LinkEdit
    cost_amount: int | None


class BadRow(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do: the heading is row 1. `message` is an English msgid."""

    row: int
    column: str
    message: str
    cells: tuple[str, ...]


def known_names(names: Sequence[str]) -> dict[str, str]:
    """Column of the file -> our name for it."""
    return {name: ALSO.get(name.strip(), name.strip().lower().replace(" ", "_")) for name in names}


def in_our_words(rows: Sequence[tuple[int, Cells]], names: Mapping[str, str]) -> list[tuple[int, dict[str, str]]]:
    return [(number, {names[name]: cell for name, cell in cells.items() if name in names}) for number, cells in rows]


def read_rows(
    rows: Sequence[tuple[int, Cells]], variants: Mapping[str, Sequence[UUID]], currency: str
) -> tuple[list[GoodRow], list[BadRow]]:
    good, bad = list[GoodRow](), list[BadRow]()
    seen = set[str]()
    for number, cells in rows:
        found = _read(cells, variants, currency, seen)
        if isinstance(found, GoodRow):
            good.append(found)
            seen.add(cells["sku"])
        else:
            bad.append(BadRow(number, *found, tuple(cells.get(name, "") for name in COLUMNS)))
    return good, bad


def _read(
    cells: Cells, variants: Mapping[str, Sequence[UUID]], currency: str, seen: Collection[str]
) -> GoodRow | tuple[str, str]:
    sku, days = cells.get("sku", ""), cells.get("lead_days", "") or "0"
    wrong = _wrong_sku(sku, variants, seen)
    if wrong:
        return "sku", wrong
    if not days.isascii() or not days.isdecimal() or int(days) > 365:
        return "lead_days", N_("Enter days between 0 and 365.")
    if len(cells.get("supplier_sku", "")) > 80:
        return "supplier_sku", N_("This is too long.")
    for column in ("drop_ship", "main"):
        if cells.get(column, "").lower() not in YES | NO:
            return column, N_("Write yes or no.")
    try:
        cost = parse_amount(cells["cost"], currency) if cells.get("cost") else None
    except InvalidAmount as error:
        return "cost", error.message
    edit = LinkEdit(
        variant=variants[sku][0], supplier_sku=cells.get("supplier_sku", ""), lead_days=int(days),
        drop_ship=cells.get("drop_ship", "").lower() in YES, is_main=cells.get("main", "").lower() in YES,
    )  # fmt: skip
    return GoodRow(edit, cost)


def _wrong_sku(sku: str, variants: Mapping[str, Sequence[UUID]], seen: Collection[str]) -> str:
    if not variants.get(sku):
        return N_("No goods of yours have this SKU.")
    if len(variants[sku]) > 1:
        return N_("Several goods have this SKU. Give each its own first.")
    return N_("This SKU is in the table twice.") if sku in seen else ""
