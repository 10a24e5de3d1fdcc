"""A promoter finds material, copies and downloads it with their own link, and is told when the price changed."""

from __future__ import annotations

import io
import re
import zipfile

import httpx
from PIL import Image

import tenants
from app import materials
from app.flows.edit_materials import add_files, publish_pack
from tenants import Tenant
from tests.builders_materials import MP4, pack, reprice
from tests.functional.conftest import Visitor, own_address
from tests.functional.portal.test_hosting import _approved


def _host(path: str) -> str:
    return own_address("host", path)


async def _opened(visitor: Visitor, page: str) -> httpx.Response:
    answer = await visitor.submit(f"{page}/opening", {}, page=page)
    assert answer.status_code == 303, answer.text
    return await visitor.get(_host(answer.headers["location"]))


async def test_a_pack_is_new_then_known_then_changed(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    about = await pack()
    page = _host(f"/materials/{about}")

    first = (await visitor.get(_host("/materials"))).text
    closed = (await visitor.get(page)).text
    shown = (await _opened(visitor, page)).text
    known = (await visitor.get(_host("/materials"))).text
    await publish_pack(about, note="Shorter words", by="Su He")
    changed = (await visitor.get(_host("/materials"))).text

    assert ">New<" in first
    assert "<textarea" not in closed
    assert ">New<" not in known
    assert ">Changed<" in changed
    code = re.search(r"/l/([0-9a-z]{10})", shown)
    assert code is not None
    assert re.search(rf"<textarea[^>]*readonly[^>]*>[^<]*Peaches ¥43.9 [^<]*/l/{code[1]}", shown)
    assert "Shorter words" in (await visitor.get(page)).text
    assert "I have seen it" in (await visitor.get(page)).text
    assert "I have seen it" not in (await _opened(visitor, page)).text
    assert ">Changed<" not in (await visitor.get(_host("/materials"))).text


async def test_everything_is_downloaded_as_one_file_and_posters_one_by_one(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    about = await pack(templates=("classic", "square"))
    page = _host(f"/materials/{about}")

    await _opened(visitor, page)
    asked = await visitor.submit(f"{page}/downloads", {}, page=page)
    packed = await visitor.get(_host(asked.headers["location"]))
    poster = await visitor.get(f"{page}/posters/square/poster.png")
    again = await visitor.get(f"{page}/posters/square/poster.png", headers={"If-None-Match": poster.headers["etag"]})
    qr = await visitor.get(f"{page}/qr.svg")

    assert packed.headers["content-type"] == "application/zip"
    assert packed.headers["cache-control"] == "private, no-store"
    assert "poster-classic.png" in zipfile.ZipFile(io.BytesIO(packed.content)).namelist()
    assert Image.open(io.BytesIO(poster.content)).size == (1080, 1080)
    assert again.status_code == 304
    assert qr.text.startswith("<svg xmlns")
    assert (await visitor.get(f"{page}/posters/card/poster.png")).status_code == 404


async def test_a_video_is_played_in_pieces(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    about = await pack()
    await add_files(about, [MP4])
    await publish_pack(about, note="", by="Su He")
    async with tenants.transaction():
        (file,) = await materials.files_of(about)
    address = _host(f"/materials/{about}/files/{file.id}")

    await _opened(visitor, _host(f"/materials/{about}"))
    whole = await visitor.get(address)
    piece = await visitor.get(address, headers={"Range": "bytes=4-11"})
    beyond = await visitor.get(address, headers={"Range": f"bytes={len(MP4)}-"})
    saved = await visitor.get(f"{address}?save=1")

    assert (whole.status_code, whole.content, whole.headers["content-type"]) == (200, MP4, "video/mp4")
    assert (piece.status_code, piece.content) == (206, b"ftypmp42")
    assert piece.headers["content-range"] == f"bytes 4-11/{len(MP4)}"
    assert beyond.status_code == 416
    assert saved.headers["content-disposition"].startswith("attachment")
    assert (await visitor.get(_host(f"/media/{file.file_key}"))).status_code == 404


async def test_a_changed_price_takes_words_posters_and_files_away_at_once(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    about = await pack()
    page = _host(f"/materials/{about}")
    await _opened(visitor, page)

    await reprice(about, 4990)

    shown = (await visitor.get(page)).text
    assert "The price changed on" in shown
    assert "<textarea" not in shown
    assert "Expired" in (await visitor.get(_host("/materials"))).text
    for part in ("pack.zip", "posters/classic/poster.png", "qr.svg"):
        assert (await visitor.get(f"{page}/{part}")).status_code == 409, part
    assert (await visitor.submit(f"{page}/copies", {}, page=_host("/links/new"))).status_code == 409


async def test_copying_is_counted(shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    about = await pack()
    page = _host(f"/materials/{about}")

    await _opened(visitor, page)

    answer = await visitor.submit(f"{page}/copies", {}, page=page)

    async with tenants.transaction():
        (usage,) = await materials.usage_of(about)
    assert answer.status_code in (200, 201)
    assert usage.copies == 1


async def test_whoever_waits_for_an_answer_sees_why_there_is_nothing(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    about = await pack()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE promoter SET status = 'suspended' WHERE id = $1", me.id)

    listed = await visitor.get(_host("/materials"))

    assert "Peach season" not in listed.text
    assert (await visitor.get(_host(f"/materials/{about}"))).status_code == 403


async def test_another_stores_pack_and_files_are_not_there(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    await _approved(shop, visitor)
    with tenants.bind(other_shop):
        theirs = await pack()
        await add_files(theirs, [MP4])
        await publish_pack(theirs, note="", by="Su He")
        async with tenants.transaction():
            (file,) = await materials.files_of(theirs)
    ours = await pack()
    await _opened(visitor, _host(f"/materials/{ours}"))

    for path in (
        f"/materials/{theirs}", f"/materials/{theirs}/pack.zip", f"/materials/{theirs}/posters/classic/poster.png",
        f"/materials/{theirs}/files/{file.id}", f"/materials/{ours}/files/{file.id}",
    ):  # fmt: skip
        assert (await visitor.get(_host(path))).status_code == 404, path
