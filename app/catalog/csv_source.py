"""A product file opened for reading twice: once to check it as a whole, once to read its products."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from app.catalog.csv_columns import REQUIRED, Layout, known_fields, read_header
from app.catalog.csv_drafts import Limits
from app.catalog.csv_encoding import detect_encoding
from app.catalog.csv_errors import FileError, FileTooLarge, RowsScattered, TooManyHeaderColumns
from app.catalog.csv_records import BrokenRecord, Record, first_line, read_records, split_line
from app.catalog.csv_rows import BrokenRow, Row, broken_row, row_handle, row_of

DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Source:
    """A checked file: from here on only single products can still fail."""

    file: BinaryIO
    encoding: str
    delimiter: str
    layout: Layout
    runs: Counter[str]  # Handles whose rows are not all together -> in how many runs they come.

    def rows(self, limits: Limits) -> Iterator[Row | BrokenRow]:
        records = _records(self.file, self.encoding, self.delimiter, limits)
        next(records)  # The header.
        return _rows(records, self.layout, self.delimiter)


@contextmanager
def open_source(source: BinaryIO | Path | str, limits: Limits) -> Iterator[Source]:
    """Check encoding, header, quotes and order of the whole file. Raises `FileError`; nothing stops a file later."""
    with _opened(source, limits) as file:
        if file.seek(0, os.SEEK_END) > limits.file_bytes:
            raise FileTooLarge(megabytes=limits.file_bytes >> 20)
        encoding = detect_encoding(file)
        delimiter = _detect_delimiter(file, encoding, limits)
        records = _records(file, encoding, delimiter, limits)
        header = next(records, None)
        if header is None:
            raise FileError
        if isinstance(header, BrokenRecord) or len(header[1]) > limits.columns:
            count = limits.columns if isinstance(header, BrokenRecord) else len(header[1])
            raise TooManyHeaderColumns(count=count, allowed=limits.columns, row=1)
        layout = read_header(header[1])
        yield Source(file, encoding, delimiter, layout, _scattered(_rows(records, layout, delimiter), layout, limits))


def _opened(source: BinaryIO | Path | str, limits: Limits) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, str | Path):
        return Path(source).open("rb")
    if source.seekable():
        return nullcontext(source)
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller, who closes it
    shutil.copyfileobj(_Capped(source, limits.file_bytes), spool)
    return cast("AbstractContextManager[BinaryIO]", spool)


class _Capped:
    """A stream that refuses to be copied past the size limit."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream, self._limit, self._left = stream, limit, limit

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise FileTooLarge(megabytes=self._limit >> 20)
        return data


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(file, encoding=encoding, newline="")


def _records(file: BinaryIO, encoding: str, delimiter: str, limits: Limits) -> Iterator[Record | BrokenRecord]:
    text = _text(file, encoding)
    try:
        yield from read_records(text, delimiter, limits)
    finally:
        with suppress(ValueError):  # A reader given up halfway may find the file closed already.
            text.detach()  # The caller's file stays open.


def _rows(records: Iterator[Record | BrokenRecord], layout: Layout, delimiter: str) -> Iterator[Row | BrokenRow]:
    for record in records:
        if isinstance(record, BrokenRecord):
            yield broken_row(record.error, split_line(record.head, delimiter), layout)
        else:
            yield row_of(*record, layout)


def _detect_delimiter(file: BinaryIO, encoding: str, limits: Limits) -> str:
    text = _text(file, encoding)
    line = first_line(text, limits)
    text.detach()
    if not line:
        raise FileError

    def fit(delimiter: str) -> tuple[bool, int]:
        cells = split_line(line, delimiter)
        return known_fields(cells) >= set(REQUIRED), len(cells)

    return max(DELIMITERS, key=fit)


def _scattered(rows: Iterator[Row | BrokenRow], layout: Layout, limits: Limits) -> Counter[str]:
    """Walk the whole file once: finds a missing closing quote, and the handles whose rows are not adjacent."""
    runs: Counter[str] = Counter()
    previous, count = "", 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - zero rows is an empty file
        handle = row.handle if isinstance(row, BrokenRow) else row_handle(row)
        if handle and handle != previous:
            runs[handle] += 1
            previous = handle
    if not count:
        raise FileError
    scattered = Counter({handle: times for handle, times in runs.items() if times > 1})
    if scattered.total() > limits.scattered_rows:
        raise RowsScattered(column=layout.name("handle"))
    return scattered
