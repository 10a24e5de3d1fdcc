"""A table of a warehouse's own numbers: `sku,their_sku`. Good rows are told from bad."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from app.kernel.i18n import N_

COLUMNS = ("sku", "their_sku")
ALSO = {
    "编码": "sku", "商品编码": "sku", "編號": "sku", "商品編號": "sku", "货号": "sku", "貨號": "sku",
    "仓库编码": "their_sku", "仓库商品编码": "their_sku", "倉庫編號": "their_sku", "倉庫商品編號": "their_sku",
}  # fmt: skip
MOST_ROWS = 5_000
LONGEST = 100
TAKEN = N_("This warehouse uses that number for other goods of yours already.")
Cells = Mapping[str, str]


class AliasRow(msgspec.Struct, frozen=True):
    """These goods of ours are known by this number there."""

    variant: UUID
    our_sku: str
    their_sku: str


class BadAlias(msgspec.Struct, frozen=True):
    """`row` counts as spreadsheets do. `message` is an English msgid."""

    row: int
    column: str
    message: str
    cells: Cells


def alias_cells(rows: Sequence[tuple[int, Cells]]) -> list[tuple[int, dict[str, str]]]:
    """Rows by our names of the columns."""
    names = {name for _number, cells in rows for name in cells}
    ours = {name: ALSO.get(name.strip(), name.strip().lower().replace(" ", "_")) for name in names}
    return [(number, {ours[name]: cell.strip() for name, cell in cells.items()}) for number, cells in rows]


def read_aliases(
    rows: Sequence[tuple[int, Cells]], variants: Mapping[str, Sequence[UUID]], owners: Mapping[str, UUID]
) -> tuple[list[AliasRow], list[BadAlias]]:
    """`owners`: whose the numbers are today. A number may go from one row's goods to another's within the table."""
    good, bad = dict[int, AliasRow](), list[BadAlias]()
    by_number = dict(rows)
    for number, cells in rows:
        said = cells.get("sku", ""), cells.get("their_sku", "")
        wrong = _wrong(*said, variants, good.values())
        if wrong:
            bad.append(BadAlias(number, *wrong, cells))
        else:
            good[number] = AliasRow(variants[said[0]][0], *said)
    while taken := _taken(good, owners):
        bad += [BadAlias(number, "their_sku", TAKEN, by_number[number]) for number in taken]
        good = {number: row for number, row in good.items() if number not in taken}
    return list(good.values()), sorted(bad, key=lambda one: one.row)


def _taken(good: Mapping[int, AliasRow], owners: Mapping[str, UUID]) -> set[int]:
    """Rows whose number belongs to goods that keep it."""
    changed = {row.variant for row in good.values()}
    return {number for number, row in good.items() if owners.get(row.their_sku, row.variant) not in changed}


def _wrong(
    sku: str, theirs: str, variants: Mapping[str, Sequence[UUID]], seen: Collection[AliasRow]
) -> tuple[str, str] | None:
    known = variants.get(sku, ())
    if len(known) != 1:
        several = N_("Several goods have this SKU. Give each its own first.")
        return "sku", several if known else N_("No goods of yours have this SKU.")
    if not theirs:
        return "their_sku", N_("This is needed.")
    if len(theirs) > LONGEST:
        return "their_sku", N_("This is too long.")
    if any(row.our_sku == sku for row in seen):
        return "sku", N_("This SKU is in the table twice.")
    if any(row.their_sku == theirs for row in seen):
        return "their_sku", N_("This number is in the table twice.")
    return None
