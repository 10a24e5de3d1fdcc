"""The merchant writes a pack, fills it, looks at it as a promoter would, publishes it and sees who used it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import tenants
from app import materials
from app.flows.open_pack import open_pack
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_materials import MP4, pack

NEW = admin("/materials/new")
FORM = {
    "title": "Peach season", "templates": ["classic", "square"], "language_0": "en", "channel_0": "moments",
    "words_0": "{name} says: {price} {link}", "words_1": "", "language_1": "en", "channel_1": "any",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _written(owner: Any, **changed: Any) -> str:
    product = await build.product()
    answer = await owner.submit(NEW, FORM | {"about": f"product:{product}"} | changed, page=NEW)
    assert answer.status_code == 303, answer.text
    return admin(answer.headers["Location"])


async def test_a_pack_is_written_filled_previewed_published_and_retired(owner: Any) -> None:
    page = await _written(owner)
    out = io.BytesIO()
    Image.new("RGB", (300, 300), "#14603f").save(out, "PNG")
    files = [("files", ("../../x.png", out.getvalue(), "image/png")), ("files", ("a.mp4", MP4, "text/html"))]

    added = await owner.submit(f"{page}/files", {}, page=page, files=files)
    preview = (await owner.get(f"{page}/preview")).text
    published = await owner.submit(f"{page}/publication", {"note": "First"}, page=page)

    assert added.status_code == 303
    assert "Your name says: ¥43.9" in preview
    assert published.status_code == 303
    async with tenants.transaction():
        (standing,) = await materials.standings("published")
        version = await materials.find_version(standing.id, 1)
    assert [file.extension for file in version.body.files] == ["jpg", "mp4"]
    assert "Out, version 1" in (await owner.get(admin("/materials"))).text
    await owner.submit(f"{page}/retirement", {}, page=page)
    assert "Retired" in (await owner.get(page)).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"words_0": "Only {prize}!"}, "No such place is known"),
        ({"words_0": "", "words_1": "{price"}, "A brace is open or closed alone"),
        ({"title": ""}, "Name it in at most 80 characters"),
        ({"templates": []}, "Choose at least one poster"),
        ({"channel_0": "fax"}, "Choose one of the offered values"),
        ({"about": ""}, "Choose what the pack is about"),
        ({"about": "orders:01a2177f-a070-76e1-aa78-e9c8b9486816"}, "Choose what the pack is about"),
        ({"ends_at": "tomorrow"}, "Enter a day and a time"),
    ],
)
async def test_what_cannot_be_is_refused_and_what_was_typed_stays(owner: Any, changed: Any, words: str) -> None:
    product = await build.product()

    answer = await owner.submit(NEW, FORM | {"about": f"product:{product}"} | changed, page=NEW)

    assert answer.status_code == 422
    assert words in answer.text
    assert "moments" in answer.text
    async with tenants.transaction():
        assert await materials.standings("draft") == []


async def test_a_file_that_is_neither_picture_nor_video_is_refused_with_its_reason(owner: Any) -> None:
    page = await _written(owner)

    await owner.submit(f"{page}/files", {}, page=page, files=[("files", ("a.mp4", b"<html>", "video/mp4"))])

    assert "not a JPEG" in (await owner.get(page)).text


async def test_a_removed_file_can_be_put_back(owner: Any) -> None:
    page = await _written(owner)
    await owner.submit(f"{page}/files", {}, page=page, files=[("files", ("a.mp4", MP4, "video/mp4"))])
    async with tenants.transaction():
        (standing,) = await materials.standings("draft")
        (file,) = await materials.files_of(standing.id)

    removed = await owner.submit(f"{page}/files/{file.id}/removal", {}, page=page)
    offered = (await owner.get(admin(removed.headers["Location"]))).text
    await owner.submit(f"{page}/files/{file.id}/return", {}, page=page)

    assert "Put it back" in offered
    async with tenants.transaction():
        assert await materials.files_of(standing.id) == [file]


async def test_usage_is_shown_by_promoter_and_day(owner: Any) -> None:
    about = await pack()
    await open_pack((await build.promoter(name="Xiaoya")).id, about)

    shown = (await owner.get(admin(f"/materials/{about}/usage"))).text

    assert "Xiaoya" in shown
    assert "Views, copies and downloads by day" in shown


async def test_whoever_may_only_read_changes_nothing(visitor: Any, shop: Tenant) -> None:
    about = await pack(published=False)
    await sign_in(visitor, await staff_of(shop, "read_only"))
    page = admin(f"/materials/{about}")

    assert (await visitor.get(page)).status_code == 200
    for path in ("publication", "retirement", "files"):
        assert (await visitor.submit(f"{page}/{path}", {}, page=page)).status_code == 403, path
    async with tenants.transaction():
        assert (await materials.find(about)).status == "draft"
