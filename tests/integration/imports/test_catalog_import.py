"""A merchant's product files come into the catalog, for real."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import tenants
from app import catalog, store
from app.flows.import_products import import_file
from tenants import Tenant

CATALOGS = Path(os.environ.get("TUANZHOU_CATALOGS", Path(__file__).parents[4] / "shared" / "data" / "catalogs"))
real = pytest.mark.skipif(not (CATALOGS / "apparel.csv").exists(), reason="the real catalogs are not on this machine")

HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,"
    "Variant Price,Variant Compare At Price,Image Src,Status\n"
)


def mug(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


RED = "mug,Mug,<p>Holds tea</p>,Kiln,Cups,tea,TRUE,Color,Red,M-R,5,39.90,49.90,https://pictures.example/mug.jpg,active"
BLUE = "mug,,,,,,,,Blue,M-B,3,41.00,,,"
BOWL = "bowl,Bowl,,Kiln,Bowls,,TRUE,Title,Default Title,B,2,25.00,,,active"


async def bring_in(shop: Tenant, tmp_path: Path, text: str | bytes, images: Path | None = None) -> str:
    file = tmp_path / "products.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(await import_file(shop.slug, file, images))


async def rows(sql: str, *values: object) -> list[tuple[object, ...]]:
    async with tenants.transaction():
        return [tuple(row) for row in await tenants.connection().fetch(sql, *values)]


@real
async def test_the_apparel_catalog_comes_in_with_its_pictures(shop: Tenant) -> None:
    summary = await import_file(shop.slug, CATALOGS / "apparel.csv", CATALOGS / "images")

    assert summary.errors == 0
    assert summary.products > 20
    assert summary.variants >= summary.products
    assert summary.images - summary.pending_images > 40
    async with tenants.transaction():
        page = await catalog.list_published(limit=10)
    assert len(page.items) == 10
    assert page.next
    assert sum(card.cover_key is not None for card in page.items) >= 5


@real
async def test_the_fashion_catalog_comes_in_without_an_error(shop: Tenant) -> None:
    summary = await import_file(shop.slug, CATALOGS / "fashion.csv")

    assert summary.errors == 0
    assert summary.variants > 1_000


async def test_a_product_arrives_with_its_variants_stock_price_range_and_shelf(shop: Tenant, tmp_path: Path) -> None:
    printed = await bring_in(shop, tmp_path, mug(RED, BLUE, BOWL))

    assert printed == "products=2 variants=3 images=1 pending_images=1 errors=0"
    async with tenants.transaction():
        product = await catalog.find_published("mug")
        shelves = await catalog.list_shelves()
        found = await catalog.list_published(query="holds TEA")
    assert (product.price_from_amount, product.price_to_amount, product.compare_at_amount) == (3990, 4100, 4990)
    assert product.option_choices() == [("Color", ["Red", "Blue"])]
    assert [(shelf.handle, shelf.products) for shelf in shelves] == [("bowls", 1), ("cups", 1)]
    assert [card.handle for card in found.items] == ["mug"]
    assert await rows(
        "SELECT v.sku, l.on_hand FROM stock_level l JOIN variant v ON v.id = l.variant ORDER BY v.sku"
    ) == [("B", 2), ("M-B", 3), ("M-R", 5)]


async def test_importing_again_updates_and_keeps_what_orders_may_point_to(shop: Tenant, tmp_path: Path) -> None:
    await bring_in(shop, tmp_path, mug(RED, BLUE))
    before = {row[0]: row[1] for row in await rows("SELECT sku, id FROM variant")}

    changed = RED.replace("Mug,", "Tall mug,").replace(",5,39.90", ",,35.00")
    await bring_in(shop, tmp_path, mug(changed, "mug,,,,,,,,Green,M-G,1,20.00,,,"))

    assert await rows("SELECT sku, id, active, price_amount FROM variant ORDER BY sku") == [
        ("M-B", before["M-B"], False, 4100),
        ("M-G", (await rows("SELECT id FROM variant WHERE sku = 'M-G'"))[0][0], True, 2000),
        ("M-R", before["M-R"], True, 3500),
    ]
    assert await rows("SELECT title, price_from_amount FROM product") == [("Tall mug", 2000)]
    stock = await rows("SELECT v.sku, l.on_hand FROM stock_level l JOIN variant v ON v.id = l.variant ORDER BY v.sku")
    assert stock == [("M-B", 3), ("M-G", 1), ("M-R", 5)], "no number in the file leaves the stock alone"


async def test_two_variants_may_swap_their_options(shop: Tenant, tmp_path: Path) -> None:
    await bring_in(shop, tmp_path, mug(RED, BLUE))

    await bring_in(shop, tmp_path, mug(RED.replace("Red", "Blue"), BLUE.replace("Blue", "Red")))

    assert await rows("SELECT option_values FROM variant WHERE active ORDER BY position") == [(["Blue"],), (["Red"],)]


async def test_an_import_never_breaks_a_promise_to_an_order(shop: Tenant, tmp_path: Path) -> None:
    await bring_in(shop, tmp_path, mug(BOWL))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE stock_level SET reserved = 2")

    await bring_in(shop, tmp_path, mug(BOWL.replace(",2,25", ",1,25")))

    assert await rows("SELECT on_hand, reserved FROM stock_level") == [(3, 2)]


async def test_one_bad_price_leaves_only_its_product_out(shop: Tenant, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text(mug(RED.replace("39.90", "cheap"), BLUE, BOWL))

    summary = await import_file(shop.slug, file)

    assert (summary.products, summary.errors) == (1, 1)
    (issue,) = [issue for issue in summary.issues if issue.severity == "error"]
    assert (issue.row_number, issue.column_name, issue.code) == (2, "Variant Price", "csv.bad_price")
    assert await rows("SELECT handle FROM product") == [("bowl",)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"\xff\xfe\x00\xd8broken", "csv.wrong_encoding"),
        (b"Title,Price\nMug,3\n", "csv.missing_columns"),
        (mug(BOWL, 'mug,"Mug cut off').encode(), "csv.unclosed_quote"),
        (b"", "csv.empty"),
    ],
)
async def test_a_file_that_is_refused_changes_nothing(shop: Tenant, tmp_path: Path, text: bytes, code: str) -> None:
    await bring_in(shop, tmp_path, mug(RED))
    before = await rows("SELECT id, title, updated_at FROM product")

    with pytest.raises(catalog.FileError) as refused:
        await bring_in(shop, tmp_path, text)

    assert refused.value.code == code
    assert await rows("SELECT id, title, updated_at FROM product") == before
    runs = await rows("SELECT status, failure_code FROM import_run ORDER BY created_at DESC LIMIT 1")
    assert runs == [("failed", code)]


async def test_a_cell_of_ten_megabytes_is_reported_with_its_row(shop: Tenant, tmp_path: Path) -> None:
    giant = BOWL.replace("Bowl,,", f'Bowl,"{"x" * 10_000_000}",', 1)
    file = tmp_path / "products.csv"
    file.write_text(mug(RED, giant))

    summary = await import_file(shop.slug, file)

    assert (summary.products, summary.errors) == (1, 1)
    assert [issue.row_number for issue in summary.issues if issue.severity == "error"] == [3]


async def test_every_change_gives_the_shop_window_a_new_version(shop: Tenant, tmp_path: Path) -> None:
    async with tenants.transaction():
        before = (await store.read_profile()).version

    await bring_in(shop, tmp_path, mug(BOWL))

    async with tenants.transaction():
        assert (await store.read_profile()).version > before


async def test_a_neighbor_sees_nothing_of_it(shop: Tenant, other_shop: Tenant, tmp_path: Path) -> None:
    await bring_in(shop, tmp_path, mug(RED))
    with tenants.bind(other_shop):
        await bring_in(other_shop, tmp_path, mug(RED.replace("Mug,", "Theirs,")))
        theirs = await rows("SELECT title FROM product")

    assert theirs == [("Theirs",)]
    assert await rows("SELECT title FROM product") == [("Mug",)]
