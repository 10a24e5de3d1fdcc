"""A visitor follows a tracked link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import links
from app.flows.fold_clicks import fold_clicks
from app.kernel.ids import new_id
from tenants import Tenant, directory, lifecycle
from tests import builders_earning as build
from tests.functional.conftest import Visitor, store_address


async def _clicks() -> list[dict[str, Any]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT id, visitor_id, qualifies, reason FROM click ORDER BY id")
    return [dict(row) for row in rows]


async def test_the_visitor_lands_on_the_product_and_the_click_is_stored_first(shop: Tenant, visitor: Visitor) -> None:
    host = await build.promoter()
    link = await build.link(host, product_id=await build.product(handle="阳山-peaches"))

    answer = await visitor.get(store_address(shop, f"/l/{link.code}"))

    assert answer.status_code == 302
    assert answer.headers["location"] == "/products/%E9%98%B3%E5%B1%B1-peaches"
    assert answer.headers["cache-control"] == "no-store"
    stored = await _clicks()
    assert [(click["qualifies"], str(click["visitor_id"])) for click in stored] == [
        (True, answer.cookies["visitor"].partition(".")[0])
    ]
    assert UUID(answer.cookies["click"].partition(".")[0]) == stored[0]["id"]
    assert "httponly" in answer.headers["set-cookie"].lower()


async def test_the_same_browser_keeps_its_visitor_id(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())

    for _ in range(3):
        await visitor.get(store_address(shop, f"/l/{link.code}"))

    assert len({click["visitor_id"] for click in await _clicks()}) == 1


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Sec-Purpose": "prefetch"}, "prefetch"),
        ({"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "document"}, "prefetch"),
        ({"Sec-Fetch-Dest": "image"}, "not_a_page"),
        ({"Sec-Fetch-Dest": "iframe"}, "not_a_page"),
        ({"Accept": "image/avif,image/webp,*/*;q=0.8"}, "not_a_page"),
        ({"User-Agent": "facebookexternalhit/1.1"}, "machine"),
    ],
)
async def test_what_is_not_a_person_opening_it_is_stored_but_never_counts(
    shop: Tenant, visitor: Visitor, headers: dict[str, str], reason: str
) -> None:
    link = await build.link(await build.promoter())

    answer = await visitor.get(store_address(shop, f"/l/{link.code}"), headers=headers)

    assert answer.status_code == 302
    assert [(click["qualifies"], click["reason"]) for click in await _clicks()] == [(False, reason)]


async def test_a_head_request_is_answered_and_does_not_count(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())

    answer = await visitor.head(store_address(shop, f"/l/{link.code}"))

    assert (answer.status_code, answer.content) == (302, b"")
    assert [click["reason"] for click in await _clicks()] == ["not_opened"]


@pytest.mark.parametrize("code", ["0000000000", "nonsense", "..%2f..", "%0d%0aSet-Cookie:x"])
async def test_an_unknown_code_says_so(shop: Tenant, visitor: Visitor, code: str) -> None:
    answer = await visitor.get(store_address(shop, f"/l/{code}"))

    assert answer.status_code == 404
    assert 'href="/"' in answer.text
    assert await _clicks() == []


async def test_another_stores_code_is_unknown_here(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())

    answer = await visitor.get(store_address(other_shop, f"/l/{link.code}"))

    assert answer.status_code == 404


async def test_a_suspended_store_records_the_click_and_shows_its_door(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())
    await lifecycle.change_status(shop.id, "suspended", reason="unpaid", actor_id=new_id(), actor_name="Lin")
    directory.forget()

    answer = await visitor.get(store_address(shop, f"/l/{link.code}"))

    assert answer.status_code == 503
    assert len(await _clicks()) == 1


async def test_who_shopped_before_the_first_link_keeps_being_the_same_visitor(shop: Tenant, visitor: Visitor) -> None:
    """The session knows the visitor; the link must not invent a second one, or the sale would be nobody's."""
    link = await build.link(await build.promoter())
    known = new_id()
    from app.identity import SHOPPER
    from app.identity.viewers import hash_token

    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO shopper_session (token_hash, visitor_id, created_at, last_seen_at, expires_at, agent_hash,"
            " address_prefix) VALUES ($1, $2, now(), now(), now() + interval '1 day', 'a', '127.0')",
            hash_token("token-of-the-test"), known,
        )  # fmt: skip

    await visitor.get(store_address(shop, f"/l/{link.code}"), headers={"Cookie": f"{SHOPPER.cookie}=token-of-the-test"})

    assert [click["visitor_id"] for click in await _clicks()] == [known]


async def test_a_forged_visitor_cookie_is_replaced(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())

    answer = await visitor.get(store_address(shop, f"/l/{link.code}"), headers={"Cookie": "visitor=<script>"})

    assert UUID(answer.cookies["visitor"].partition(".")[0])


async def test_with_everything_away_the_visitor_is_told(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await build.link(await build.promoter())

    async def refuse(*_: Any) -> None:
        raise links.ClickNotRecorded

    monkeypatch.setattr(links.CLICK_LOG, "record", refuse)

    answer = await visitor.get(store_address(shop, f"/l/{link.code}"))

    assert answer.status_code == 503
    assert "location" not in answer.headers


async def test_two_hundred_shoppers_behind_one_address_are_two_hundred_clicks(shop: Tenant, visitor: Visitor) -> None:
    """A village, an office or a phone company's gateway: the address says nothing about who it is."""
    link = await build.link(await build.promoter())
    given = set()

    for _ in range(200):
        visitor.cookies.clear()
        answer = await visitor.get(store_address(shop, f"/l/{link.code}"))
        given.add(answer.cookies["click"].partition(".")[0])

    stored = await _clicks()
    assert len(given) == len({click["visitor_id"] for click in stored}) == 200
    assert {UUID(token) for token in given} == {click["id"] for click in stored}
    async with tenants.transaction():
        addresses = await tenants.connection().fetchval("SELECT count(DISTINCT address_hash) FROM click")
    assert addresses == 1
    await fold_clicks()
    async with tenants.transaction():
        assert (await links.tallies_of([link.id]))[link.id].clicks == 200


async def test_a_flood_of_one_browser_counts_once(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())

    for _ in range(50):
        await visitor.get(store_address(shop, f"/l/{link.code}"))
    await fold_clicks()

    async with tenants.transaction():
        tally = (await links.tallies_of([link.id]))[link.id]
    assert (tally.raw_clicks, tally.clicks, tally.visitors) == (50, 1, 1)


async def _seen() -> list[bool]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT seen_at IS NOT NULL AS seen FROM click ORDER BY id")
    return [row["seen"] for row in rows]


async def test_a_page_opened_after_the_click_is_noted_once(shop: Tenant, visitor: Visitor) -> None:
    link = await build.link(await build.promoter())
    await visitor.get(store_address(shop, f"/l/{link.code}"))
    before = await _seen()

    first = await visitor.get(store_address(shop, "/visit.json"))
    again = await visitor.get(store_address(shop, "/visit.json"))

    assert (before, await _seen()) == ([False], [True])
    assert first.cookies["click"].endswith(".seen")
    assert "click" not in again.cookies


async def test_a_forged_click_is_nobodys_visit(shop: Tenant, visitor: Visitor, another_visitor: Visitor) -> None:
    """Neither an id nobody signed nor somebody else's signed one says that a page was opened."""
    link = await build.link(await build.promoter())
    mine = await visitor.get(store_address(shop, f"/l/{link.code}"))
    theirs = await another_visitor.get(store_address(shop, f"/l/{link.code}"))
    token = mine.cookies["click"].partition(".")[0]

    for forged in (f"{token}.{'0' * 24}", f"{token}.", token, "nonsense", theirs.cookies["click"]):
        visitor.cookies.clear()
        cookies = f"visitor={mine.cookies['visitor']}; click={forged}"
        answer = await visitor.get(store_address(shop, "/visit.json"), headers={"Cookie": cookies})
        assert answer.status_code == 200

    assert await _seen() == [False, False]
