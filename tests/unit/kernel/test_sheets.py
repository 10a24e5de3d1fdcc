"""Exports: no cell is ever a formula, money is exact, and length costs no memory."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from app.kernel.sheets import BOM, Cell, CsvRows, XlsxFile, exact, safe_text

DANGEROUS = [
    "=1+1", "=HYPERLINK(\"http://evil.example\",\"x\")", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1",
    "＋1", "－1", "＠SUM(A1)", "  =1+1", "\u3000=1+1", "\u00a0=cmd|' /C calc'!A0", "\u200b=1", "-2+3+cmd|' /C calc'!A0",
    "=", "@", "\x00=1", "\x07=1",
]  # fmt: skip
HARMLESS = ["", "Peaches", "阳山水蜜桃", "a=1", "T1000001", "'quoted", "1-2", "100%"]
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _csv(rows: list[list[Cell]]) -> str:
    file = CsvRows()
    for row in rows:
        file.row(row)
    return file.take()


def _xlsx(rows: list[list[Cell]], folder: Path) -> tuple[list[list[str]], list[ElementTree.Element]]:
    """The cells as they are stored, and every formula there is."""
    path = folder / "book.xlsx"
    with XlsxFile(path, "Orders: [2026]") as file:
        for row in rows:
            file.row(row)
    with zipfile.ZipFile(path) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
        strings = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in archive.namelist() else b"<none/>"
    texts = ["".join(part.itertext()) for part in ElementTree.fromstring(strings)]  # noqa: S314 - the same
    cells = [[_stored(cell, texts) for cell in row] for row in sheet.iter(f"{NAMESPACE}row")]
    return cells, list(sheet.iter(f"{NAMESPACE}f"))


def _stored(cell: ElementTree.Element, texts: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{NAMESPACE}v") or ""
    return texts[int(value)] if cell.get("t") == "s" else value


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_survives_as_a_formula(text: str, tmp_path: Path) -> None:
    written = safe_text(text)
    (from_csv,) = next(csv.reader(io.StringIO(_csv([[text]]).removeprefix(BOM))))
    ((_heading,), (in_book,)), formulas = _xlsx([["Heading"], [text]], tmp_path)

    assert written.startswith("'")
    assert from_csv.startswith("'")
    assert in_book.startswith("'")
    assert formulas == []


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_every_field_is_quoted_and_the_letters_are_announced() -> None:
    written = _csv([["Order", 'say "hi"', 3, Decimal("43.90"), datetime(2026, 11, 26, 9, 5, tzinfo=UTC), None]])

    assert written == BOM + '"Order","say ""hi""","3","43.90","2026-11-26 09:05:00",""\r\n'


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [(4390, "CNY", "43.90"), (-5, "CNY", "-0.05"), (12800, "TWD", "128.00"), (980, "JPY", "980"),
     (99_999_999_999_999, "CNY", "999999999999.99")],
)  # fmt: skip
def test_money_is_exact_in_both_forms(amount: int, currency: str, said: str, tmp_path: Path) -> None:
    cell = exact(amount, currency)
    (_heading, (stored,)), _formulas = _xlsx([["Total"], [cell]], tmp_path)

    assert f'"{said}"' in _csv([[cell]])
    assert Decimal(stored) == Decimal(said)


_LARGE = """
import tempfile
from decimal import Decimal
from pathlib import Path
from app.kernel.sheets import CsvRows, XlsxFile
row = ["T1000001", "阳山水蜜桃 礼盒装", "SKU-1", 3, Decimal("43.90"), Decimal("131.70"), "paid", "Lin Xiaoya"]
with tempfile.TemporaryDirectory() as folder, XlsxFile(Path(folder) / "book.xlsx", "Orders") as book:
    rows = CsvRows()
    size = 0
    for number in range(100_000):
        cells = [f"{number}", *row]
        book.row(cells)
        rows.row(cells)
        if number % 500 == 0:
            size += len(rows.take())
# The peak of this program alone: what the kernel reports for a process counts its parent's memory too.
print(next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


def test_a_hundred_thousand_lines_need_little_memory() -> None:
    done = subprocess.run([sys.executable, "-c", _LARGE], check=True, capture_output=True, text=True)

    assert int(done.stdout) < 200
