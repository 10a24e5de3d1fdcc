"""One row of a product file: its cells by our field names, and the product it belongs to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.catalog.csv_columns import Layout
from app.catalog.csv_drafts import RowError

HANDLE_LENGTH = 200
_NOT_IN_HANDLE = re.compile(r"[\W_]+")
_VARIANT_FIELDS = ("option1_value", "option2_value", "option3_value", "sku", "price", "barcode")


class Row:
    """A record seen through the file's layout. Cells that are not there are empty."""

    __slots__ = ("_cells", "layout", "line")

    def __init__(self, line: int, cells: list[str], layout: Layout) -> None:
        self.line, self._cells, self.layout = line, cells, layout

    def __getitem__(self, field: str) -> str:
        place = self.layout.places.get(field)
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    @property
    def width(self) -> int:
        return len(self._cells)

    @property
    def surplus(self) -> bool:
        """Whether there is text beyond the header's last column; empty cells there are harmless."""
        return any(cell.strip() for cell in self._cells[self.layout.width :])

    @property
    def is_variant(self) -> bool:
        """Rows that only carry one more image say nothing about options, price, SKU or barcode."""
        return any(self[field] for field in _VARIANT_FIELDS)


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be used, and the product it seems to belong to ("" when even that is unknown).

    A `nameless` row was read well and simply names no product, so it says nothing about the rows around it.
    """

    handle: str
    error: RowError
    nameless: bool = False


def normalize_handle(text: str) -> str:
    """Lower-case letters and digits of any script joined by single hyphens, as in a store's addresses."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("'", "").replace("’", "")
    return _NOT_IN_HANDLE.sub("-", folded).strip("-")[:HANDLE_LENGTH].strip("-")


def row_handle(row: Row) -> str:
    """The product a row belongs to. Like Shopify, a row with a title but no handle gets its handle from the title."""
    return normalize_handle(row["handle"] or row["title"])


def row_of(line: int, cells: list[str], layout: Layout) -> Row | BrokenRow:
    row = Row(line, cells, layout)
    if row_handle(row):
        return row
    column = layout.name("handle")
    if value := row["handle"] or row["title"]:
        return BrokenRow("", RowError(line, column, "csv.bad_handle", {"value": value[:40]}), nameless=True)
    return BrokenRow("", RowError(line, column, "csv.no_handle"), nameless=True)


def broken_row(error: RowError, head: list[str], layout: Layout) -> BrokenRow:
    """Only a cell that is followed by another one is known to be complete."""
    place = layout.places["handle"]
    return BrokenRow(normalize_handle(head[place]) if place < len(head) - 1 else "", error)
