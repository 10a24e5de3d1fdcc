"""What an invoice, a receipt or a packing slip says: plain data that a page and a PDF both draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Size = Literal["A4", "A5"]
Kind = Literal["invoice", "receipt", "packing_slip", "pick_list", "purchase_order", "supplier_statement"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of goods; amounts are written out, "" where a column does not apply."""

    title: str
    detail: str
    quantity: int
    amounts: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper in the reader's language, everything already in words.

    `facts` are pairs beside the title, `parties` blocks of (heading, lines), `columns` the headings of the amounts, and
    `sums` pairs under the table, the last of which is the one that counts.
    """

    kind: Kind
    title: str
    number: str
    locale: str
    facts: Sequence[tuple[str, str]]
    parties: Sequence[tuple[str, Sequence[str]]]
    item_label: str
    quantity_label: str
    columns: Sequence[str]
    rows: Sequence[Row]
    sums: Sequence[tuple[str, str]] = ()
    remarks: Sequence[str] = ()
    footer: str = ""
    page_label: str = field(default="")

    def letters(self) -> str:
        """Every letter that is printed, for the font."""
        words = [self.title, self.number, self.item_label, self.quantity_label, self.footer, self.page_label]
        words += [word for pair in (*self.facts, *self.sums) for word in pair]
        words += [word for heading, lines in self.parties for word in (heading, *lines)]
        words += [*self.columns, *self.remarks, "0123456789/×…"]
        words += [word for row in self.rows for word in (row.title, row.detail, row.note, *row.amounts)]
        return "".join(words)
