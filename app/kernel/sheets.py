"""Tables to take away, as CSV or XLSX: one way to write a cell, and no cell that a spreadsheet would compute.

Whatever came from outside may begin like a formula; such a text gets an apostrophe in front, in both forms. Rows are
written as they come, so a table of any length needs the memory of a few rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import xlsxwriter

from app.kernel.money import CURRENCIES

Cell = str | int | Decimal | datetime | None
# Half and full width; a tab or line break in front hides what follows from the eye, not from the program.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LONGEST_CELL = 32_000  # a spreadsheet takes 32,767
BOM = "\ufeff"


def safe_text(text: str) -> str:
    """A text no spreadsheet takes for a formula, without the letters that no file can hold."""
    clean = "".join(letter for letter in text[:LONGEST_CELL] if letter >= " " or letter in "\t\r\n")
    hidden = clean.lstrip(" \u00a0\u3000\u200b\ufeff")
    return f"'{clean}" if clean.startswith(FORMULA) or hidden.startswith(FORMULA) else clean


def exact(amount: int, currency: str) -> Decimal:
    """An amount of minor units in units, without rounding."""
    return Decimal(amount).scaleb(-CURRENCIES[currency].exponent)


class Sheet(Protocol):
    def row(self, cells: Iterable[Cell]) -> None: ...


class CsvRows:
    """CSV as texts: every field quoted, a BOM in front so that spreadsheets read the letters right."""

    def __init__(self) -> None:
        self._text = io.StringIO()
        self._text.write(BOM)
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def row(self, cells: Iterable[Cell]) -> None:
        self._writer.writerow([_as_text(cell) for cell in cells])

    def take(self) -> str:
        """What was written since the last time."""
        written = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return written


class XlsxFile:
    """An XLSX file that is written to disk row by row. Use as a context; it is whole when the block ends."""

    def __init__(self, path: Path, title: str) -> None:
        options: dict[str, Any] = {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
            "strings_to_numbers": False, "tmpdir": str(path.parent), "in_memory": False,
        }  # fmt: skip
        self._book = xlsxwriter.Workbook(str(path), options)
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._bold = self._book.add_format({"bold": True})
        self._rows = 0

    def __enter__(self) -> XlsxFile:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._book.close()

    def row(self, cells: Iterable[Cell]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, int | Decimal):
                self._sheet.write_number(self._rows, column, cell)
            elif cell is not None and cell != "":
                self._sheet.write_string(self._rows, column, _as_text(cell), None if self._rows else self._bold)
        self._rows += 1


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return safe_text(cell) if isinstance(cell, str) else str(cell)


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "Sheet"
