"""Whatever bytes arrive, reading a product file ends in drafts or in typed refusals; what we can write, we can read."""

from __future__ import annotations

import csv
import io
import resource
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowWarning
from app.catalog.csv_errors import FileError
from app.catalog.csv_format import Found, read_catalog
from app.catalog.csv_values import minor_unit_reader

HEADER = ["Handle", "Title", "Body (HTML)", "Tags", "Option1 Name", "Option1 Value", "Variant Price", "Variant SKU"]
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: bool(text.strip()) and text == text.strip() and not text.startswith("'")
)
sizes = st.lists(words.filter(lambda word: word.casefold() != "default title"), min_size=1, max_size=5, unique=True)
prices = st.integers(0, 10**9)
products = st.lists(st.tuples(words, sizes, prices), min_size=1, max_size=8)


def read(data: bytes, limits: Limits | None = None) -> list[Found]:
    return list(read_catalog(io.BytesIO(data), to_minor=minor_unit_reader(2), limits=limits or Limits()))


@given(products, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read_back(catalog: list[tuple[str, list[str], int]], delimiter: str, encoding: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(HEADER)
    for number, (title, values, price) in enumerate(catalog):
        for turn, value in enumerate(values):
            cells = [title, "", "", "Size"] if turn == 0 else ["", "", "", ""]
            writer.writerow([f"p-{number}", *cells, value, f"{price // 100}.{price % 100:02}", f"S{turn}"])

    found = read(file.getvalue().encode(encoding))

    drafts = [item for item in found if isinstance(item, ProductDraft)]
    assert [item for item in found if not isinstance(item, ProductDraft)] == []
    assert [
        (draft.title, [variant.option_values[0] for variant in draft.variants], draft.variants[-1].price_amount)
        for draft in drafts
    ] == catalog


def only_typed_outcomes(data: bytes) -> None:
    try:
        found = read(data, Limits(cell=2_000, row=5_000, columns=30))
    except FileError:
        return
    for item in found:
        assert isinstance(item, ProductDraft | RowError | RowWarning)
        assert isinstance(item, ProductDraft) or str(item)


@given(st.binary(max_size=4_000))
@settings(max_examples=300, deadline=None)
def test_arbitrary_bytes_never_raise_anything_but_a_refusal(data: bytes) -> None:
    only_typed_outcomes(data)


@given(
    st.text(st.sampled_from("ab,;\t\"\n\r\x00' 0.-é桃"), max_size=300), st.sampled_from(["utf-8", "gb18030", "utf-16"])
)
@settings(max_examples=500, deadline=None)
def test_arbitrary_rows_below_a_good_header_never_raise(body: str, encoding: str) -> None:
    only_typed_outcomes(f"Handle,Title,Variant Price,Option1 Value\n{body}".encode(encoding, errors="ignore"))


def test_a_large_file_is_read_fast_and_in_flat_memory() -> None:
    row = "{0},Product {0},<p>Some words about it</p>,fresh,Size,{1},12.50,SKU-{0}-{1}\n"
    lines = (row.format(number, size) for number in range(15_000) for size in "SML")
    data = (",".join(HEADER) + "\n" + "".join(lines)).encode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()

    count = sum(
        isinstance(item, ProductDraft) for item in read_catalog(io.BytesIO(data), to_minor=minor_unit_reader(2))
    )

    seconds = time.process_time() - started
    assert count == 15_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024  # KiB
    assert 45_000 / seconds > 5_000  # Measured above 20,000 rows/s; the margin is for busy machines.
