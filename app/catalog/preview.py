"""A look at a product file before anything is written: its columns, its first products, what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowProblem
from app.catalog.csv_format import read_catalog
from app.catalog.csv_source import open_source
from app.catalog.csv_values import minor_unit_reader

FIRST = 8
MOST_PROBLEMS = 100
MOST_PRODUCTS = 20_000  # A look must end: what comes after is read, and reported, by the import itself.


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import of this file would do."""

    encoding: str
    columns: tuple[str, ...]
    unused: tuple[str, ...]
    first: tuple[ProductDraft, ...]
    problems: tuple[RowProblem, ...]
    products: int
    variants: int
    images: int
    errors: int
    complete: bool


def look_at(path: Path, decimals: int, limits: Limits | None = None) -> Preview:
    """Reads the file; run it in a thread. Raises FileError when the file as a whole is refused."""
    known = limits or Limits()
    with open_source(path, known) as source:
        encoding, layout = source.encoding, source.layout
    first: list[ProductDraft] = []
    problems: list[RowProblem] = []
    products = variants = images = errors = 0
    complete = True
    for found in read_catalog(path, to_minor=minor_unit_reader(decimals), limits=known):
        if isinstance(found, ProductDraft):
            products, variants, images = products + 1, variants + len(found.variants), images + len(found.images)
            if len(first) < FIRST:
                first.append(found)
            if products >= MOST_PRODUCTS:
                complete = False
                break
        else:
            errors += isinstance(found, RowError)
            if len(problems) < MOST_PROBLEMS:
                problems.append(found)
    problems.sort(key=lambda problem: not isinstance(problem, RowError))
    return Preview(
        encoding.upper(), tuple(layout.names.values()), tuple(layout.unknown), tuple(first), tuple(problems), products,
        variants, images, errors, complete,
    )  # fmt: skip
