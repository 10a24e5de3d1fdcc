"""Reading a table somebody exported: CSV in the usual encodings, or the first sheet of an XLSX. Cells are texts."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

from app.kernel.errors import Refusal

MOST_ROWS = 100_000
MOST_COLUMNS = 300
MOST_BYTES = 200 * 1024 * 1024  # of one part of an XLSX, unpacked
ENCODINGS = ("utf-8-sig", "gb18030")
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]{1,3})\d+")
Row = tuple[int, list[str]]


class UnreadableFile(Refusal):
    """Nothing of it can be read as a table."""

    code = "external_sales.unreadable_file"
    status = 422
    message = "This file is not a CSV or XLSX table that can be read."


class FileTooLong(Refusal):
    """More rows than one file may have."""

    code = "external_sales.file_too_long"
    status = 422
    message = "This file has too many rows. Export a shorter time."


def rows_of(path: Path) -> Iterator[Row]:
    """Row numbers as a spreadsheet shows them, and their cells. Raises UnreadableFile, FileTooLong."""
    with path.open("rb") as file:
        start = file.read(4)
    found = _xlsx(path) if start.startswith(b"PK") else _csv(path)
    for number, row in enumerate(found, start=1):
        if number > MOST_ROWS + 1:
            raise FileTooLong(rows=MOST_ROWS)
        if any(row):
            yield number, [clean(cell) for cell in row[:MOST_COLUMNS]]


def named(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows by the names of the first one, which comes first itself."""
    rows = rows_of(path)
    first = next(rows, None)
    if first is None:
        raise UnreadableFile
    names = first[1]
    yield first[0], {name: name for name in names if name}
    for number, row in rows:
        yield number, {name: cell for name, cell in zip(names, row, strict=False) if name}


def small_table(data: bytes, *, most: int) -> tuple[list[str], list[tuple[int, Mapping[str, str]]]]:
    """Column names and rows of a file held in memory. Raises UnreadableFile, FileTooLong."""
    with tempfile.NamedTemporaryFile(prefix="table-") as file:
        file.write(data)
        file.flush()
        (_first, names), *rows = named(Path(file.name))
    if len(rows) > most:
        raise FileTooLong(rows=most)
    return list(names), rows


def clean(cell: str) -> str:
    """Platforms put a tab or an apostrophe before long numbers, so that spreadsheets leave them alone."""
    return cell.replace("\x00", "").strip(" \t\r\n\u3000\ufeff").removeprefix("'").strip()


def _csv(path: Path) -> Iterator[list[str]]:
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = _decoded(data, "utf-16")
    else:
        text = next((found for encoding in ENCODINGS if (found := _decoded(data, encoding)) is not None), None)
    if text is None:
        raise UnreadableFile
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFile from error


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _xlsx(path: Path) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as book:
            shared = _shared(book)
            sheet = min(name for name in book.namelist() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
            for row in _elements(book, sheet, "row"):
                yield _cells(row, shared)
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, NotImplementedError) as error:
        raise UnreadableFile from error


def _elements(book: zipfile.ZipFile, name: str, tag: str) -> Iterator[ElementTree.Element]:
    """One element at a time. A part that declares a document type is refused: no spreadsheet program writes one."""
    if book.getinfo(name).file_size > MOST_BYTES:
        raise FileTooLong(rows=MOST_ROWS)
    with book.open(name) as file:
        if b"<!DOCTYPE" in file.read(1_024):
            raise UnreadableFile
    with book.open(name) as file:
        for _event, element in ElementTree.iterparse(file):  # noqa: S314 - no document type, so no entities
            if element.tag == f"{_NS}{tag}":
                yield element
                element.clear()


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return [
        "".join(part.text or "" for part in each.iter(f"{_NS}t"))
        for each in _elements(book, "xl/sharedStrings.xml", "si")
    ]


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    found: dict[int, str] = {}
    for place, cell in enumerate(row.iter(f"{_NS}c")):
        at = _CELL.fullmatch(cell.get("r") or "")
        found[_column(at.group(1)) if at else place] = _text(cell, shared)
    last = min(max(found, default=-1), MOST_COLUMNS - 1)
    return [found.get(place, "") for place in range(last + 1)]


def _text(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_NS}t"))
    value = cell.findtext(f"{_NS}v") or ""
    return shared[int(value)] if cell.get("t") == "s" else value


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
