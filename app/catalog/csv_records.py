"""Records of a CSV stream with their line numbers, in flat memory whatever the file contains."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from app.catalog.csv_drafts import Limits, RowError
from app.catalog.csv_errors import UnclosedQuote

Record = tuple[int, list[str]]
HEAD = 4_000  # Characters kept of a record's start: enough to see whose it is when the rest cannot be parsed.


@dataclass(frozen=True, slots=True)
class BrokenRecord:
    """A record that cannot be parsed; `head` is how it begins."""

    error: RowError
    head: str


class _RowTooLarge(Exception):
    """Stops the parser in the middle of a record that grew past the limit."""


class _Lines(Iterator[str]):
    """Physical lines for the csv parser, none longer than a row may be.

    Quotes are counted: a record ends at the first line end at which their number is even. That holds for every
    well-formed file, and lets the reader find the next record after one it cannot parse.
    """

    def __init__(self, stream: TextIO, limit: int) -> None:
        self._stream, self._limit = stream, limit
        self.number = 0
        self.head = ""
        self._size = self._quotes = 0
        self._at_line_end = True

    def start_record(self) -> None:
        self._size = self._quotes = 0
        self.head = ""

    def _read(self) -> str:
        line = self._stream.readline(self._limit + 1)
        if line:
            self.number += self._at_line_end
            self._at_line_end = line[-1] in "\r\n"
            self._quotes += line.count('"')
            self._size += len(line)
            if not self.head:
                self.head = line[:HEAD]
        return line

    def __next__(self) -> str:
        line = self._read()
        if not line:
            raise StopIteration
        if self._size > self._limit:
            raise _RowTooLarge
        # PostgreSQL cannot store NUL, and no honest catalog contains one.
        return line.replace("\x00", "") if "\x00" in line else line

    def skip_record(self) -> bool:
        """Go to the end of the current record; False when the file ends first, inside a quote."""
        while not (self._at_line_end and self._quotes % 2 == 0):
            if not self._read():
                return self._quotes % 2 == 0
        return True


def read_records(stream: TextIO, delimiter: str, limits: Limits) -> Iterator[Record | BrokenRecord]:
    """Every record that is not blank, with the line it starts on, or what is wrong with it.

    Raises `UnclosedQuote` when the file ends inside a quoted cell.
    """
    csv.field_size_limit(limits.cell)
    lines = _Lines(stream, limits.row)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = lines.number + 1
        lines.start_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RowTooLarge) as error:
            problem, head = _explain(error, start, limits), lines.head
            if not lines.skip_record() or problem is None:
                raise UnclosedQuote(row=start) from None
            yield BrokenRecord(problem, head)
            continue
        if any(cells):
            yield start, cells


def _explain(error: Exception, row: int, limits: Limits) -> RowError | None:
    if isinstance(error, _RowTooLarge):
        return RowError(row, "", "csv.row_too_large", {"allowed": limits.row})
    text = str(error)
    if "field limit" in text:
        return RowError(row, "", "csv.cell_too_large", {"allowed": limits.cell})
    if "unexpected end of data" in text:
        return None
    return RowError(row, "", "csv.bad_quote")


def first_line(stream: TextIO, limits: Limits) -> str:
    """The first line that is not blank; used to find the delimiter."""
    for line in _Lines(stream, limits.row):
        if line.strip():
            return line
    return ""


def split_line(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []
