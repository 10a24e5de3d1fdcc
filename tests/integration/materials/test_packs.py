"""Packs of materials: versions, expiry with the price, own links, and what promoters did with them."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

import tenants
import workers.materials
from app import materials, promoters
from app.flows import campaign_pictures, material_posters
from app.flows.edit_materials import NothingLasts, add_files, publish_pack, remove_file, retire_pack, save_pack
from app.flows.material_zip import zip_of
from app.flows.open_pack import NotOpenedYet, changed_packs, count_use, look_at, open_pack, packs_for, take_pack
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.materials import Copy, NothingToShare, PackDraft, PackIsStale
from infra.storage.obstore import storage
from tenants import Tenant
from tests import builders_earning as build
from tests.builders_materials import MP4, pack, reprice
from workers.materials import note_stale_packs, sweep_drawings


def _png(color: str = "#c8280f") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), color).save(out, "PNG")
    return out.getvalue()


async def _state(pack_id: UUID) -> materials.Standing:
    async with tenants.transaction():
        return await materials.standing_of(pack_id)


async def _unzipped(pieces: Any) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join([piece async for piece in pieces])))


async def test_a_promoter_reads_the_texts_with_their_own_link_name_and_the_price(shop: Tenant) -> None:
    mine, other = await build.promoter(name="Xiaoya"), await build.promoter(name="Aqiang")
    about = await pack()

    first, second = await open_pack(mine.id, about), await open_pack(other.id, about)
    again = await open_pack(mine.id, about)

    assert first.copies[0][1] == f"Xiaoya: Peaches ¥43.9 {first.url}"
    assert second.url != first.url
    assert again.url == first.url


async def test_two_first_looks_at_once_make_one_link(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()

    opened = await asyncio.gather(*(open_pack(mine.id, about) for _ in range(4)))

    assert len({each.url for each in opened}) == 1


async def test_editing_a_published_pack_changes_nothing_until_it_is_published_again(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack(words="Old words")
    await open_pack(mine.id, about)

    await save_pack(about, PackDraft(title="Peaches", copies=[Copy(words="New words"), Copy(words="More")]), by="Su He")
    before = await open_pack(mine.id, about)
    await publish_pack(about, note="More to say", by="Su He")
    after = await open_pack(mine.id, about)

    assert [words for _copy, words in before.copies] == ["Old words"]
    assert [words for _copy, words in after.copies] == ["New words", "More"]
    assert after.changes == materials.Changes(texts_new=2, texts_gone=1)
    assert (await open_pack(mine.id, about)).changes is None


async def test_a_pack_is_stale_the_moment_the_price_changed(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()
    await open_pack(mine.id, about)

    await reprice(about, 4990)

    opened = await look_at(mine.id, about)
    assert opened.standing.because == "price"
    assert opened.copies == []
    assert opened.link is None
    with pytest.raises(PackIsStale):
        await take_pack(mine.id, about)


async def test_what_was_written_down_as_stale_stays_so_until_it_is_published_again(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()
    await open_pack(mine.id, about)
    await reprice(about, 4990)
    await note_stale_packs()
    await reprice(about, 4390)

    with pytest.raises(PackIsStale):
        await take_pack(mine.id, about)
    await publish_pack(about, note="", by="Su He")
    await open_pack(mine.id, about)

    assert (await take_pack(mine.id, about)).copies


async def test_a_download_while_the_price_changes_is_all_of_the_old_price_or_refused(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack(words="{price}")
    await open_pack(mine.id, about)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def change() -> None:
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE variant SET price_amount = 4990")
            await tenants.connection().execute("UPDATE product SET price_from_amount = 4990, price_to_amount = 4990")
            started.set()
            await go_on.wait()

    changing = asyncio.create_task(change())
    await started.wait()
    during = await take_pack(mine.id, about)
    go_on.set()
    await changing

    packed = await _unzipped(await zip_of(during))
    assert packed.read("text-01-en-any.txt").decode("utf-8-sig") == "¥43.9\n"
    with pytest.raises(PackIsStale):
        await take_pack(mine.id, about)


async def test_many_downloads_and_one_price_change_never_mix_two_prices(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack(words="{price}")
    await open_pack(mine.id, about)

    async def take() -> str:
        try:
            return (await take_pack(mine.id, about)).copies[0][1]
        except PackIsStale:
            return "refused"

    outcomes = await asyncio.gather(*(take() for _ in range(6)), reprice(about, 4990), *(take() for _ in range(6)))

    assert set(outcomes) - {None} <= {"¥43.9", "refused"}
    assert await take() == "refused"


async def test_a_pack_ends_with_its_own_time_and_when_its_product_leaves(shop: Tenant) -> None:
    mine = await build.promoter()
    ended, gone = await pack(), await pack()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE material_pack SET ends_at = $2 WHERE id = $1", ended, now() - timedelta(minutes=1)
        )
        await tenants.connection().execute(
            "UPDATE product SET status = 'archived' WHERE id = (SELECT product FROM material_pack WHERE id = $1)", gone
        )

    reasons = {(await look_at(mine.id, each)).standing.because for each in (ended, gone)}

    assert reasons == {"ended", "product"}
    with pytest.raises(NothingLasts):
        await publish_pack(gone, note="", by="Su He")


async def test_what_is_not_out_cannot_be_opened_and_a_retired_pack_comes_back(shop: Tenant) -> None:
    mine = await build.promoter()
    draft, out = await pack(published=False), await pack()
    await retire_pack(out)

    for each in (draft, out):
        with pytest.raises(NotFound):
            await open_pack(mine.id, each)
    await publish_pack(out, note="", by="Su He")

    assert (await open_pack(mine.id, out)).version.number == 2


async def test_whoever_is_not_approved_gets_nothing(shop: Tenant) -> None:
    about = await pack()

    for status in ("pending", "suspended", "rejected"):
        someone = await build.promoter(status=status)
        with pytest.raises(promoters.NotApproved):
            await open_pack(someone.id, about)


async def test_an_empty_pack_is_not_published(shop: Tenant) -> None:
    product = await build.product()
    empty = await save_pack(None, PackDraft(title="Empty"), by="Su He", about=("product", product))

    with pytest.raises(NothingToShare):
        await publish_pack(empty, note="", by="Su He")


async def test_the_archive_has_texts_posters_and_files_under_our_own_names(shop: Tenant) -> None:
    mine = await build.promoter(name="../../etc/passwd")
    about = await pack(templates=("classic", "square", "card"))
    assert await add_files(about, [_png(), MP4]) == []
    await publish_pack(about, note="", by="Su He")

    packed = await _unzipped(await zip_of(await open_pack(mine.id, about)))

    assert packed.testzip() is None
    assert set(packed.namelist()) == {
        "link.txt", "text-01-en-any.txt", "qr.png", "poster-classic.png", "poster-square.png", "poster-card.png",
        "image-01.jpg", "video-02.mp4",
    }  # fmt: skip
    assert packed.read("video-02.mp4") == MP4
    assert Image.open(io.BytesIO(packed.read("poster-square.png"))).size == (1080, 1080)


async def test_a_file_that_is_lost_costs_itself_and_not_the_archive(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()
    await add_files(about, [MP4])
    await publish_pack(about, note="", by="Su He")
    opened = await open_pack(mine.id, about)
    await storage().delete(opened.version.body.files[0].file_key)

    packed = await _unzipped(await zip_of(opened))

    assert packed.testzip() is None
    assert packed.read("video-01.mp4") == b""


async def test_what_is_no_picture_and_no_video_is_refused_and_nothing_is_kept(shop: Tenant) -> None:
    about = await pack(published=False)

    refused = await add_files(about, [b"<svg onload=alert(1)>", b"\x00\x00\x00\x18ftypheic" + bytes(50), _png()])

    async with tenants.transaction():
        kept = await materials.files_of(about)
    assert len(refused) == 2
    assert [file.kind for file in kept] == ["image"]


async def test_a_removed_file_stays_in_the_version_that_has_it(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()
    await add_files(about, [MP4])
    await publish_pack(about, note="", by="Su He")
    file = (await open_pack(mine.id, about)).version.body.files[0]

    await remove_file(about, file.id)

    assert (await open_pack(mine.id, about)).version.body.files == [file]
    await publish_pack(about, note="", by="Su He")
    assert (await open_pack(mine.id, about)).changes == materials.Changes(files_gone=1)


async def test_looks_copies_and_downloads_are_counted_with_what_the_link_brought(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()
    opened = await open_pack(mine.id, about)
    await open_pack(mine.id, about)
    await count_use(mine.id, about, "copy")
    await count_use(mine.id, about, "download")
    await take_pack(mine.id, about)
    await look_at(mine.id, about)
    assert opened.link is not None
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE link_tally SET clicks = 7, paid_orders = 2, gmv_amount = 9000, refunded_amount = 1000"
            " WHERE link = $1",
            opened.link.id,
        )
        usage = await materials.usage_of(about)
        days = await materials.usage_by_day(about, (now() - timedelta(days=3)).date())

    (one,) = usage
    assert (one.views, one.copies, one.downloads, one.clicks, one.orders, one.net_amount) == (2, 1, 1, 7, 2, 8000)
    assert [(day["views"], day["copies"], day["downloads"]) for day in days] == [(2, 1, 1)]


async def test_the_day_book_tells_of_new_and_expired_packs(shop: Tenant) -> None:
    mine, known, news = await build.promoter(), await pack(), await pack()
    await open_pack(mine.id, known)
    expired = await pack()
    await open_pack(mine.id, expired)
    await reprice(expired, 4990)

    async with tenants.transaction():
        told = await changed_packs(mine.id, now() - timedelta(days=1))

    assert {(each.id, each.because) for each in told} == {(news, ""), (expired, "price")}


async def test_a_pack_about_a_session_is_for_whoever_planned_it(shop: Tenant) -> None:
    host, other = await build.promoter(name="Host"), await build.promoter(name="Other")
    session = (await build.session(host)).id
    about = await pack(about=("live_session", session))

    opened = await open_pack(host.id, about)

    assert opened.link is not None
    assert opened.link.live_session == session
    with pytest.raises(NotFound):
        await open_pack(other.id, about)
    async with tenants.transaction():
        assert (await packs_for(other.id))[0] == []


async def test_old_posters_are_taken_away_and_drawn_again_when_asked_for(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, about = await build.promoter(), await pack()
    await add_files(about, [_png()])
    opened = await open_pack(mine.id, about)
    sheet = await material_posters.compose(opened, "classic")
    drawn = await campaign_pictures.picture(shop.id, sheet)

    await sweep_drawings()
    young = [key async for key in storage().keys(shop.id)]
    monkeypatch.setattr(workers.materials, "DRAWINGS_KEPT", timedelta(days=-1))
    await sweep_drawings()
    left = [key async for key in storage().keys(shop.id)]

    assert {key.rpartition(".")[2] for key in young} == {"png", "material"}
    assert {key.rpartition(".")[2] for key in left} == {"material"}
    assert await campaign_pictures.picture(shop.id, sheet) == drawn


async def test_looking_alone_makes_no_link_and_without_a_link_nothing_is_handed_out(shop: Tenant) -> None:
    mine, about = await build.promoter(), await pack()

    opened = await look_at(mine.id, about)

    assert (opened.link, opened.copies) == (None, [])
    with pytest.raises(NotOpenedYet):
        await take_pack(mine.id, about)
    async with tenants.transaction():
        assert await materials.usage_of(about) == []


async def test_a_pack_needs_something_that_is_there(shop: Tenant, other_shop: Tenant) -> None:
    with tenants.bind(other_shop):
        theirs = await build.product()
        about = await pack()

    with pytest.raises(InvalidInput):
        await save_pack(None, PackDraft(title="Ours"), by="Su He", about=("product", theirs))
    mine = await build.promoter()
    with pytest.raises(NotFound):
        await open_pack(mine.id, about)
    async with tenants.transaction():
        assert await materials.standings("draft", "published", "retired") == []
