"""A merchant brings a catalog in through the pages."""

from __future__ import annotations

import io
import zipfile
from typing import Any
from uuid import UUID

from PIL import Image

import tenants
from app import catalog
from tenants import Tenant
from tests.builders_backoffice import admin, count, make_product, sign_in, staff_of
from workers import imports as jobs
from workers.context import JobContext

CSV = (
    "Handle,Title,Body (HTML),Type,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price,"
    "Image Src\n"
    "mug,Mug,<p>Tea</p>,Cups,Color,Red,M-R,5,39.90,mug.png\n"
    "mug,,,,,Blue,M-B,3,41.00,\n"
    "bad,Bad,,Cups,,,=B,1,cheap,\n"
)


def picture(width: int = 60) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, 40), "#c2311a").save(out, "PNG")
    return out.getvalue()


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in files.items():
            opened.writestr(name.replace("__", "/").replace("_png", ".png"), data)
    return out.getvalue()


def job(kind: str) -> JobContext:
    return JobContext(UUID(int=1), kind, 1, 3)


async def upload(visitor: Any, text: str, images: bytes | None = None) -> str:
    files: dict[str, Any] = {"file": ("products.csv", text.encode(), "text/csv")}
    if images:
        files["pictures"] = ("pictures.zip", images, "application/zip")
    answer = await visitor.submit(admin("/imports"), page=admin("/imports"), files=files)
    assert answer.status_code == 303, answer.text[:3000]
    return str(answer.headers["location"])


async def test_what_was_found_is_shown_before_anything_changes(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))

    preview = (await visitor.get(admin(await upload(visitor, CSV)))).text

    assert "Mug" in preview
    assert "Variant Price" in preview
    assert "cheap" in preview
    assert await count("product") == 0


async def test_a_confirmed_import_brings_products_and_pictures_in(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))
    path = await upload(visitor, CSV, archive(**{"..__..__mug_png": picture()}))
    run_id = path.rpartition("/")[2]

    assert (await visitor.submit(admin(f"{path}/confirm"), page=admin(path))).status_code == 303
    with tenants.bind(shop):
        await jobs.run(job("imports.run"), run_id)
        await jobs.run(job("imports.run"), run_id)
        await jobs.collect_pictures(job("imports.collect_pictures"), run_id)

    shown = (await visitor.get(admin(path))).text
    assert "cheap" in shown
    listed = (await visitor.get(admin(f"{path}/issues.csv"))).text
    assert "Variant Price" in listed
    assert not any(cell.startswith("=") for line in listed.splitlines() for cell in line.split(","))
    with tenants.bind(shop):
        async with tenants.transaction():
            card = (await catalog.list_recent()).items[0]
    assert card.cover_key
    assert (await visitor.get(admin(f"/media/{card.cover_key}"))).status_code == 200


async def test_a_file_that_cannot_be_read_says_why_and_offers_no_import(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))

    preview = await visitor.get(admin(await upload(visitor, "Title,Price\nMug,3\n")))

    assert preview.status_code == 200
    assert "Handle" in preview.text
    assert "/confirm" not in preview.text


async def test_a_picture_that_unpacks_without_end_is_refused(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))
    path = await upload(visitor, CSV, archive(mug_png=b"\0" * 40_000_000))
    run_id = path.rpartition("/")[2]
    await visitor.submit(admin(f"{path}/confirm"), page=admin(path))

    with tenants.bind(shop):
        await jobs.run(job("imports.run"), run_id)
        await jobs.collect_pictures(job("imports.collect_pictures"), run_id)
        async with tenants.transaction():
            status = await tenants.connection().fetchval("SELECT status FROM product_image")

    assert status == "failed"


async def test_pictures_are_added_moved_removed_and_brought_back(visitor: Any, shop: Tenant) -> None:
    product = await make_product()
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = admin(f"/products/{product}")

    files = [("pictures", (f"{n}.png", picture(60 + n), "image/png")) for n in range(2)]
    files.append(("pictures", ("not.png", b"<svg onload=alert(1)>", "image/png")))
    await visitor.submit(admin(f"/products/{product}/pictures"), page=page, files=files)
    with tenants.bind(shop):
        async with tenants.transaction():
            first, second = await catalog.pictures_of(product)
    await visitor.submit(
        admin(f"/products/{product}/pictures/order"), {f"place_{first.id}": "2", f"place_{second.id}": "1"}, page=page
    )
    removed = await visitor.submit(admin(f"/products/{product}/pictures/{second.id}/remove"), page=page)
    assert await count("product_image") == 1
    sealed = removed.headers["location"].partition("undo=")[2].partition("#")[0]
    await visitor.submit(admin(f"/products/{product}/pictures/restore"), {"undo": sealed}, page=page)

    with tenants.bind(shop):
        async with tenants.transaction():
            assert [picture.id for picture in await catalog.pictures_of(product)] == [second.id, first.id]
