"""Reading product files: what shops send, and what goes wrong with it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.catalog.csv_drafts import Limits, ProductDraft, RowError, RowWarning
from app.catalog.csv_errors import FileError
from app.catalog.csv_format import Found, read_catalog
from app.catalog.csv_values import minor_unit_reader

HEADER = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n"
GOOD = "tea,Green tea,Fresh,,,T1,12.50,\n"
FOLDER = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "catalogs"


def read(text: str | bytes, decimals: int = 2, limits: Limits | None = None) -> list[Found]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_catalog(io.BytesIO(data), to_minor=minor_unit_reader(decimals), limits=limits or Limits()))


def drafts(found: list[Found]) -> list[ProductDraft]:
    return [item for item in found if isinstance(item, ProductDraft)]


def errors(found: list[Found]) -> list[tuple[int, str, str]]:
    return [(item.row, item.column, item.code) for item in found if isinstance(item, RowError)]


def warnings(found: list[Found]) -> list[tuple[int, str]]:
    return [(item.row, item.code) for item in found if isinstance(item, RowWarning)]


@pytest.mark.parametrize(
    ("name", "products", "variants", "images"), [("apparel.csv", 25, 96, 55), ("fashion.csv", 997, 3684, 4742)]
)
def test_exports_of_real_shops_read_without_a_single_error(
    name: str, products: int, variants: int, images: int
) -> None:
    if not (FOLDER / name).exists():
        pytest.skip("the folder with real catalogs is not beside the repository")

    found = list(read_catalog(FOLDER / name, to_minor=minor_unit_reader(2)))

    assert errors(found) == []
    read = drafts(found)
    counts = (len(read), sum(len(d.variants) for d in read), sum(len(d.images) for d in read))
    print(f"{name}: {counts[0]} products, {counts[1]} variants, {counts[2]} images")  # noqa: T201 - shown with -s
    assert counts == (products, variants, images)


def test_rows_of_one_handle_become_one_product_with_variants_and_images() -> None:
    text = (
        HEADER + "Peach,Yangshan peach,<p>Soft</p>,Box,8 pieces,P8,39.90,https://a.example/1.jpg\n"
        'peach,,,,12 pieces,\'0012,"1,056.00",\n'
        "peach,,,,,,,//a.example/2.jpg\n"
    )

    (peach,) = drafts(read(text))

    assert (peach.handle, peach.title, peach.option_names) == ("peach", "Yangshan peach", ("Box",))
    assert [(v.option_values, v.sku, v.price_amount, v.row) for v in peach.variants] == [
        (("8 pieces",), "P8", 3990, 2),
        (("12 pieces",), "0012", 105600, 3),
    ]
    assert [image.url for image in peach.images] == ["https://a.example/1.jpg", "https://a.example/2.jpg"]


def test_default_title_means_a_product_without_options() -> None:
    (tea,) = drafts(read(HEADER + "tea,Tea,,Title,Default Title,T,5,\n"))

    assert tea.option_names == ()
    assert [variant.option_values for variant in tea.variants] == [()]


def test_newer_column_names_are_understood() -> None:
    text = (
        "Title,URL handle,Description,Published on online store,Status,SKU,Option1 name,Option1 value,Price,"
        "Compare-at price,Cost per item,Charge tax,Inventory tracker,Inventory quantity,"
        "Continue selling when out of stock,Weight value (grams),Weight unit for display,Requires shipping,"
        "Product image URL,Image position,Variant image URL,Gift card\n"
        "Cup,cup,Hand thrown,TRUE,Draft,C1,Glaze,Celadon,480,560,120.5,FALSE,shopify,-3,CONTINUE,250,kg,TRUE,"
        "cup.webp,2,cup-celadon.webp,FALSE\n"
    )

    (cup,) = drafts(read(text))

    (variant,) = cup.variants
    assert (cup.status, cup.published, cup.gift_card, cup.images[0].position) == ("draft", True, False, 2)
    assert (variant.price_amount, variant.compare_at_amount, variant.cost_amount) == (48000, 56000, 12050)
    assert (variant.tracked, variant.quantity, variant.oversell, variant.taxable) == (True, -3, True, False)
    assert (variant.weight_grams, variant.weight_unit, variant.image_url) == (250, "kg", "cup-celadon.webp")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_unicode_encodings_are_found(delimiter: str, encoding: str) -> None:
    text = f"handle{delimiter} TITLE {delimiter}vendor\r\ncup{delimiter}青瓷杯{delimiter}一盞瓷\r\n"

    (cup,) = drafts(read(text.encode(encoding)))

    assert (cup.title, cup.vendor) == ("青瓷杯", "一盞瓷")


@pytest.mark.parametrize(("encoding", "title"), [("gb18030", "阳山水蜜桃，今晨采摘"), ("big5", "青瓷主人杯，龍泉青瓷")])
def test_older_chinese_files_are_read_and_the_merchant_is_told(encoding: str, title: str) -> None:
    found = read(f"Handle,Title,Vendor\npeach,{title},本店\n".encode(encoding))

    assert [draft.title for draft in drafts(found)] == [title]
    assert (1, "csv.read_as") in warnings(found)


def test_western_text_is_refused_rather_than_read_as_chinese() -> None:
    with pytest.raises(FileError) as refused:
        read("Handle,Title\na,Plain\nb,Café société élégante\n".encode("latin-1"))

    assert (refused.value.code, refused.value.details) == ("csv.wrong_encoding", {"row": 3})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "csv.empty"),
        (b"\n \n", "csv.empty"),
        (HEADER.encode(), "csv.empty"),
        (b"Title,Vendor\nTea,We\n", "csv.missing_columns"),
        (b"\xff\xfe\x00", "csv.wrong_encoding"),
        (b"\xff\xfe\x00\x00H", "csv.wrong_encoding"),
        (b"PK\x03\x04\xff\xfe\xfd", "csv.wrong_encoding"),
        ((HEADER + GOOD + 'cup,Cup,"half a row').encode(), "csv.unclosed_quote"),
        ((HEADER + GOOD + 'cup,Cup,"half a row\n' + GOOD * 90_000).encode(), "csv.unclosed_quote"),
        (b"Handle,Title" + b",x" * 600 + b"\n", "csv.too_many_header_columns"),
    ],
    ids=range(10),
)
def test_a_file_that_is_broken_as_a_whole_yields_nothing(data: bytes, code: str) -> None:
    stream = read_catalog(io.BytesIO(data), to_minor=minor_unit_reader(2))

    with pytest.raises(FileError) as refused:
        next(stream)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("cup,Cup,,,,C,abc,\n", "Variant Price", "csv.bad_price"),
        ("cup,Cup,,,,C,-5,\n", "Variant Price", "csv.bad_price"),
        ("cup,Cup,,,,C,1.005,\n", "Variant Price", "csv.too_many_decimals"),
        ("cup,,,,,C,5,\n", "Title", "csv.no_title"),
        (",,,,,C,5,\n", "Handle", "csv.no_handle"),
        ("!!!,Cup,,,,C,5,\n", "Handle", "csv.bad_handle"),
        ("cup,Cup\n", "", "csv.row_too_short"),
        ("cup,Cup,,,,C,5,,surplus\n", "", "csv.row_too_long"),
        ('cup,Cup,"a" b,,,C,5,\n', "", "csv.bad_quote"),
        (f"cup,Cup,{'x' * 300_000},,,C,5,\n", "", "csv.cell_too_large"),
        (f'cup,Cup,"{"line" * 9 + chr(10)}{("y" * 99 + chr(10)) * 100_000}",,,C,5,\n', "", "csv.cell_too_large"),
        (f"cup,Cup,{'x' * 10_000_000},,,C,5,\n", "", "csv.row_too_large"),
        (f"cup,{'x' * 300},,,,C,5,\n", "Title", "csv.too_long"),
    ],
    ids=range(13),
)
def test_a_bad_row_leaves_out_its_product_only(row: str, column: str, code: str) -> None:
    last = "jar,Jar,,,,J,7,\n"

    found = read(HEADER + GOOD + row + last)

    assert errors(found) == [(3, column, code)]
    assert [draft.handle for draft in drafts(found)] == ["tea", "jar"]


def test_rows_are_counted_as_physical_lines() -> None:
    text = HEADER + 'tea,Tea,"one\ntwo\nthree",,,T,1,\n\ncup,Cup,,,,C,free,\n'

    assert errors(read(text)) == [(6, "Variant Price", "csv.bad_price")]


def test_the_same_variant_twice_is_an_error_and_the_same_sku_a_warning() -> None:
    same_sku = HEADER + "tea,Tea,,Size,S,T,1,\ntea,,,,M,T,1,\n"
    same_size = HEADER + "tea,Tea,,Size,S,T1,1,\ntea,,,,S,T2,1,\n"

    assert warnings(read(same_sku)) == [(3, "csv.duplicate_sku")]
    assert len(drafts(read(same_sku))) == 1
    assert errors(read(same_size)) == [(3, "Option1 Value", "csv.duplicate_variant")]


def test_a_fourth_option_is_refused() -> None:
    text = "Handle,Title,Option1 Name,Option1 Value,Option4 Name,Option4 Value\ntea,Tea,Size,S,Mood,Calm\n"

    assert errors(read(text)) == [(2, "Option4 Name", "csv.too_many_options")]


def test_more_variants_than_allowed_are_refused() -> None:
    text = HEADER + "tea,Tea,,Size,0,,1,\n" + "".join(f"tea,,,,{size},,1,\n" for size in range(1, 12))

    found = read(text, limits=Limits(variants=10))

    assert [code for _, _, code in errors(found)] == ["csv.too_many_variants"]
    assert drafts(found) == []


def test_scattered_rows_are_gathered_again() -> None:
    text = HEADER + "tea,Tea,,Size,S,,1,\ncup,Cup,,,,,2,\ntea,,,,M,,3,\njar,Jar,,,,,4,\ntea,,,,L,,5,\n"

    by_handle = {draft.handle: len(draft.variants) for draft in drafts(read(text))}

    assert by_handle == {"tea": 3, "cup": 1, "jar": 1}


def test_a_file_scattered_beyond_measure_is_refused() -> None:
    rows = "".join(f"{handle},T,,Size,{turn},,1,\n" for turn in range(3) for handle in ("a", "b", "c"))

    with pytest.raises(FileError, match=r"csv\.scattered"):
        read(HEADER + rows, limits=Limits(scattered_rows=5))


def test_a_product_without_handle_gets_one_from_its_title() -> None:
    assert [draft.handle for draft in drafts(read("Handle,Title\n,阳山 Peach's Best!\n"))] == ["阳山-peachs-best"]


def test_a_product_without_any_price_comes_in_as_a_draft() -> None:
    found = read("Handle,Title,Variant Price\ntea,Tea,\n")

    assert (drafts(found)[0].status, warnings(found)) == ("draft", [(2, "csv.no_price")])


def test_unknown_columns_are_reported_once_and_known_unused_ones_are_not() -> None:
    text = "Handle,Title,Moon phase,Google Shopping / Gender,Color (product.metafields.shopify.color-pattern),Title\n"

    found = read(text + "tea,Tea,full,,,\ncup,Cup,new,,,\n")

    notes = [item for item in found if isinstance(item, RowWarning) and item.row == 1]
    assert [note.code for note in notes] == ["csv.duplicate_column", "csv.unknown_columns"]
    assert notes[1].details == {"columns": "Moon phase"}
    assert str(notes[1]) == "row 1: These columns are not used: Moon phase."


def test_a_bad_picture_address_costs_the_picture_not_the_product() -> None:
    found = read(HEADER + "tea,Tea,,,,,1,javascript:alert(1)\n")

    assert (drafts(found)[0].images, warnings(found)) == ((), [(2, "csv.bad_image")])


def test_currencies_without_decimals_take_whole_prices_only() -> None:
    found = read(HEADER + "tea,Tea,,,,,36.00,\ncup,Cup,,,,,36.50,\n", decimals=0)

    assert [draft.variants[0].price_amount for draft in drafts(found)] == [36]
    assert errors(found) == [(3, "Variant Price", "csv.too_many_decimals")]


def test_a_stream_that_cannot_seek_is_read_too(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    found = list(read_catalog(Pipe((HEADER + GOOD).encode()), to_minor=minor_unit_reader(2)))

    assert [draft.handle for draft in drafts(found)] == ["tea"]


def test_the_callers_file_stays_open() -> None:
    file = io.BytesIO((HEADER + GOOD).encode())

    list(read_catalog(file, to_minor=minor_unit_reader(2)))

    assert not file.closed
