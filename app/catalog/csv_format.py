"""Shopify's product CSV, older and newer column names, read as a stream of products and problems.

The file is read twice. The first pass looks at it as a whole (encoding, header, quotes, order of rows) and raises a
`FileError` before anything was handed out, so a file that is refused changes nothing. The second pass yields one draft
per product in the order of their first rows; a product with a bad row is left out and its errors are yielded instead.

Rows of one product belong together. Where a file scatters them (sorted by SKU, say), the rows seen so far wait until
the last of them has been read; memory stays flat for files in order, and `Limits.scattered_rows` bounds the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowWarning
from app.catalog.csv_errors import FileError
from app.catalog.csv_products import ProductReader
from app.catalog.csv_rows import BrokenRow, Row, row_handle
from app.catalog.csv_source import Source, open_source
from app.catalog.csv_values import ToMinor

__all__ = ["DEFAULT_LIMITS", "FileError", "Found", "Limits", "ProductDraft", "RowError", "RowWarning", "read_catalog"]

Found = ProductDraft | RowError | RowWarning

DEFAULT_LIMITS = Limits()


def read_catalog(
    source: BinaryIO | Path | str, *, to_minor: ToMinor, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Found]:
    """Yield drafts, errors (that product is left out) and warnings. Raises `FileError` before the first of them.

    `to_minor` turns an exact decimal into minor units of the store's currency and raises ValueError when it has too
    many decimals. An open file must be seekable or is copied to a temporary one first; it is not closed.
    """
    with open_source(source, limits) as opened:
        yield from _warnings(opened)
        for handle, rows, broken in _products(opened, limits):
            yield from broken
            if rows and not broken:
                reader = ProductReader(handle, rows, to_minor, limits)
                draft = reader.read()
                yield from reader.problems
                if draft is not None:
                    yield draft


def _warnings(source: Source) -> Iterator[RowWarning]:
    layout = source.layout
    if not source.encoding.startswith("utf"):
        yield RowWarning(1, "", "csv.read_as", {"encoding": source.encoding.upper()})
    for name in layout.repeated:
        yield RowWarning(1, name, "csv.duplicate_column")
    if layout.unknown:
        yield RowWarning(1, "", "csv.unknown_columns", {"columns": ", ".join(layout.unknown[:40])})


Group = tuple[str, list[Row], list[RowError]]


def _products(source: Source, limits: Limits) -> Iterator[Group]:
    """Rows by product, and the errors of rows that could not be parsed.

    A broken row spoils the product its handle names. Where even the handle cannot be read it spoils the product
    around it, because it may be one of its rows.
    """
    groups: dict[str, Group] = {}
    runs = Counter(source.runs)
    current = ""
    for row in source.rows(limits):
        handle = row.handle if isinstance(row, BrokenRow) else row_handle(row)
        if handle and handle != current:
            runs[current] -= 1
            if current in groups and runs[current] <= 0:
                yield groups.pop(current)
            current = handle
        if isinstance(row, BrokenRow) and (row.nameless or not current):
            yield "", [], [row.error]
            continue
        _, rows, errors = groups.setdefault(current, (current, [], []))
        if isinstance(row, BrokenRow):
            errors.append(row.error)
        elif len(rows) < limits.variants + limits.images:
            rows.append(row)
        elif not errors:
            errors.append(RowError(row.line, "", "csv.too_many_variants", {"allowed": limits.variants}))
    yield from groups.values()
