"""Many links in one act."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import links, live, promoters
from app.flows import create_links as flow
from app.flows import link_sheet
from app.flows.create_links import TooManyAtOnce, create_links, create_team_links
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from app.links import Picks
from tenants import Tenant
from tests import builders_earning as build


async def _rows(batch: links.Batch) -> list[link_sheet.Row]:
    async with tenants.transaction():
        return await link_sheet.rows_of(batch.id)


async def _links() -> int:
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM tracked_link")
    return count


async def test_everybody_gets_a_link_for_everything_in_every_session(shop: Tenant) -> None:
    host, sharer = await build.promoter(name="Ajie"), await build.promoter(name="Xiaoya")
    friday, saturday = await build.session(host), await build.session(host, on_air=False)
    peaches, plums = await build.product(title="Peaches"), await build.product(title="Plums")

    batch = await create_links(
        Picks(
            promoters=[host.id, sharer.id], sessions=[friday.id, saturday.id], products=[peaches, plums],
            whole_store=True, label="autumn",
        ), by="Su He",
    )  # fmt: skip

    rows = await _rows(batch)
    assert len({(row.person, row.shown, row.code) for row in rows}) == len(rows) == 12
    assert {row.shown for row in rows} == {"Peaches", "Plums", ""}
    assert all(row.is_new and row.url.endswith(f"/l/{row.code}") for row in rows)
    async with tenants.transaction():
        made = await links.links_by_id([row.id for row in rows])
    assert {link.live_session for link in made.values()} == {friday.id, saturday.id}
    assert {link.label for link in made.values()} == {"autumn"}


async def test_asking_again_gives_the_same_links(shop: Tenant) -> None:
    host, peaches = await build.promoter(), await build.product()
    before = await build.link(host, product_id=peaches)
    picks = Picks(promoters=[host.id], products=[peaches], whole_store=True)

    first, again = [await _rows(await create_links(picks, by="Su He")) for _ in range(2)]

    assert [row.id for row in first] == [row.id for row in again]
    assert before.id in {row.id for row in first}
    assert [row.is_new for row in first] == [True, False]
    assert not any(row.is_new for row in again)


async def test_two_people_asking_at_once_make_each_link_once(shop: Tenant) -> None:
    people = [(await build.promoter()).id for _ in range(5)]
    picks = Picks(promoters=people, products=[await build.product() for _ in range(4)])

    await asyncio.gather(*(create_links(picks, by="Su He") for _ in range(4)))

    assert await _links() == 20


async def test_bad_picks_are_told_apart_from_good_ones(shop: Tenant) -> None:
    host, waiting = await build.promoter(name="Ajie"), await build.promoter(name="Waiting", status="pending")
    over = await build.session(host)
    async with tenants.transaction():
        await live.end(over.id)
    on_air = await build.session(host)
    draft = await build.product(title="Draft", status="draft")
    picks = Picks(
        promoters=[host.id, waiting.id, new_id()], sessions=[over.id, on_air.id],
        products=[await build.product(title="Peaches"), draft, new_id()], campaigns=[new_id()],
    )  # fmt: skip

    batch = await create_links(picks, by="Su He")

    assert [(row.person, row.shown) for row in await _rows(batch)] == [("Ajie", "Peaches")]
    assert {(one.what, one.why) for one in batch.refused} == {
        ("Waiting", "The store has not approved this person."),
        ("?", "There is no such promoter here."),
        ("Saturday night", "This session has ended."),
        ("Draft", "This product is not published."),
        ("?", "There is no such product here."),
        ("?", "There is no such campaign here."),
    }


async def test_with_nothing_good_there_is_no_link_and_every_reason(shop: Tenant) -> None:
    batch = await create_links(Picks(promoters=[new_id()], whole_store=True), by="Su He")

    assert await _rows(batch) == []
    assert len(batch.refused) == 1


@pytest.mark.parametrize("fields", [{"promoters": []}, {"whole_store": False}])
async def test_nobody_or_nothing_chosen_is_refused(shop: Tenant, fields: dict[str, object]) -> None:
    picks = {"promoters": [new_id()], "whole_store": True} | fields

    with pytest.raises(InvalidInput):
        await create_links(Picks(**picks), by="Su He")  # type: ignore[arg-type]

    assert await _links() == 0


async def test_too_many_at_once_are_refused_whole(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "MOST_AT_ONCE", 3)
    people = [(await build.promoter()).id for _ in range(2)]

    with pytest.raises(TooManyAtOnce):
        await create_links(Picks(promoters=people, products=[await build.product() for _ in range(2)]), by="Su He")

    assert await _links() == 0


async def test_whoever_would_have_too_many_gets_none_of_them_and_keeps_what_was_there(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_LINKS", 2)
    many, few = await build.promoter(name="Many"), await build.promoter(name="Few")
    peaches, plums = await build.product(title="Peaches"), await build.product(title="Plums")
    await build.link(many)
    await build.link(many, product_id=peaches)

    batch = await create_links(Picks(promoters=[many.id, few.id], products=[peaches, plums]), by="Su He")

    assert [(row.person, row.shown) for row in await _rows(batch)] == [
        ("Many", "Peaches"), ("Few", "Peaches"), ("Few", "Plums"),
    ]  # fmt: skip
    assert [(one.what, one.details) for one in batch.refused] == [("Many", {"most": 2})]


async def test_a_host_makes_links_for_the_own_team_and_sessions_alone(shop: Tenant) -> None:
    host, below, stranger = [await build.promoter(name=name) for name in ("Host", "Below", "Stranger")]
    async with tenants.transaction():
        await promoters.move(below.id, host.id, actor="Su He", reason="team")
    mine, theirs = await build.session(host), await build.session(stranger)

    batch = await create_team_links(
        host.login_id,
        Picks(promoters=[host.id, below.id, stranger.id], sessions=[mine.id, theirs.id], whole_store=True),
    )

    assert [(row.person, row.session_title) for row in await _rows(batch)] == [
        ("Host", "Saturday night"), ("Below", "Saturday night"),
    ]  # fmt: skip
    assert {one.why for one in batch.refused} == {
        "There is no such promoter here.", "There is no such session here.",
    }  # fmt: skip
    assert batch.promoter == host.id


async def test_a_host_the_store_has_not_approved_makes_none(shop: Tenant) -> None:
    waiting = await build.promoter(status="pending")

    with pytest.raises(promoters.NotApproved):
        await create_team_links(waiting.login_id, Picks(promoters=[waiting.id], whole_store=True))


async def test_no_cell_of_the_table_is_a_formula(shop: Tenant) -> None:
    host = await build.promoter(name='=HYPERLINK("http://evil.test")')
    batch = await create_links(Picks(promoters=[host.id], products=[await build.product(title="+1+1")]), by="Su He")

    text = (await link_sheet.file_of(await _rows(batch), "csv")).decode()
    book = await link_sheet.file_of(await _rows(batch), "xlsx")

    assert "\"'=HYPERLINK(" in text
    assert '"\'+1+1"' in text
    assert book.startswith(b"PK")


async def test_another_store_knows_neither_the_people_nor_the_goods(shop: Tenant, other_shop: Tenant) -> None:
    host, peaches = await build.promoter(), await build.product()

    with tenants.bind(other_shop):
        batch = await create_links(Picks(promoters=[host.id], products=[peaches]), by="Su He")

        assert await _rows(batch) == []
        assert {one.what for one in batch.refused} == {"?"}
