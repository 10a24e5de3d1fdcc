"""The board of a live session for its hosts and for the merchant: who sees what, and how it moves."""

from __future__ import annotations

import re
from typing import Any

import tenants
from app import live
from app.live import LiveSession
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_earning as build
from tests import builders_evenings as evenings
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import Visitor
from tests.functional.portal.arriving import host_page, read, signed_up


async def _on_air(host: Promoter) -> LiveSession:
    """With one paid order of a hundred through the host's link, a tenth of it refunded."""
    session = await build.session(host)
    offer = await selling.offer(price=10_000)
    link = await build.link(host, session=session)
    placed = await evenings.ordered(link, offer)
    await evenings.follow()
    await evenings.refund(placed.order_id, 1_000)
    return session


async def test_a_host_sees_gross_net_and_expected_and_what_comes_next(visitor: Visitor, shop: Tenant) -> None:
    session = await _on_air(await signed_up(visitor, shop))

    page = read((await visitor.get(host_page(f"/live/{session.id}"))).text)

    assert "¥ 100 .00" in page
    assert re.search(r"Net ¥90\.00.*Expected net ¥90\.00.*Refunded ¥10\.00.*Not paid yet ¥0\.00", page)
    assert "My commission (estimated) ¥9.00" in page
    assert "Run of show" in page
    assert "End the session" in page


async def test_a_cohost_sees_the_board_and_a_stranger_does_not(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    host, cohost = await build.promoter(), await signed_up(visitor, shop, "Ajie")
    await signed_up(another_visitor, shop, "Wu")
    session = await _on_air(host)
    async with tenants.transaction():
        await live.invite(session, cohost.id, share_bps=0)
        await live.answer_invitation(session.id, cohost.id, yes=True)

    seen = await visitor.get(host_page(f"/live/{session.id}"))

    assert seen.status_code == 200
    assert "My commission (estimated) ¥0.00" in read(seen.text)
    for path in (f"/live/{session.id}", f"/live/{session.id}/stream"):
        assert (await another_visitor.get(host_page(path))).status_code == 404, path


async def test_the_merchant_sees_what_everybody_earns(visitor: Visitor, shop: Tenant) -> None:
    session = await _on_air(await build.promoter(name="Xiaoya"))
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "manager"))

    listed = (await visitor.get(admin("/shows"))).text
    page = read((await visitor.get(admin(f"/shows/{session.id}"))).text)

    assert f'href="/shows/{session.id}"' in listed
    assert re.search(r"Gross ¥100\.00.*Net ¥90\.00.*Expected net ¥90\.00.*Commission ¥9\.00", page)
    assert "earns ¥9.00" in page


async def test_the_numbers_are_explained_in_every_language(visitor: Visitor, shop: Tenant) -> None:
    session = await _on_air(await signed_up(visitor, shop))
    words = {"en": "What the numbers mean", "zh-Hans": "这些数字是什么意思", "zh-Hant": "這些數字代表什麼"}

    for locale, heading in words.items():
        visitor.cookies.set("lang", locale)
        assert heading in (await visitor.get(host_page(f"/live/{session.id}"))).text


async def test_a_board_without_script_leads_to_itself(visitor: Visitor, shop: Tenant) -> None:
    session = await _on_air(await signed_up(visitor, shop))

    page = (await visitor.get(host_page(f"/live/{session.id}"))).text

    assert re.search(rf'<noscript>.*href="/live/{session.id}".*</noscript>', page)
    assert f'sse-connect="/live/{session.id}/stream"' in page
    async with tenants.transaction():
        await live.end(session.id)
    assert "sse-connect" not in (await visitor.get(host_page(f"/live/{session.id}"))).text


async def test_the_stream_begins_with_the_whole_board(visitor: Visitor, shop: Tenant) -> None:
    """The show is over, so the stream says its last word and ends."""
    session = await _on_air(await signed_up(visitor, shop))
    async with tenants.transaction():
        await live.end(session.id)

    answer: Any = await visitor.get(host_page(f"/live/{session.id}/stream"))

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    hello, board, side, over = [part for part in answer.text.split("\n\n") if part]
    assert (hello, over) == ("retry: 2000", "event: over\ndata: over")
    assert "event: board" in board
    assert "event: side" in side
    assert "¥90.00" in board
    assert "csrf" not in board


async def _ended(session: LiveSession) -> LiveSession:
    async with tenants.transaction():
        await live.end(session.id)
    return session


async def test_the_merchant_reads_a_report_that_agrees_with_the_books(visitor: Visitor, shop: Tenant) -> None:
    session = await _ended(await _on_air(await build.promoter(name="Xiaoya")))
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "manager"))

    page = read((await visitor.get(admin(f"/shows/{session.id}/report"))).text)

    assert "Provisional" in page
    assert "Agrees with the books" in page
    assert re.search(r"Gross ¥100\.00.*Refunded ¥10\.00.*Net ¥90\.00.*Commission ¥9\.00", page)


async def test_a_host_reads_the_own_report_and_takes_it_along(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    session = await _ended(await _on_air(await signed_up(visitor, shop, '=HYPERLINK("evil")')))
    await signed_up(another_visitor, shop, "Wu")

    page = read((await visitor.get(host_page(f"/live/{session.id}/report"))).text)
    table = (await visitor.get(host_page(f"/live/{session.id}/report.csv"))).text
    book = await visitor.get(host_page(f"/live/{session.id}/report.xlsx"))

    assert "My commission ¥9.00" in page
    assert "Sold through my links ¥90.00" in page
    assert '"\'=HYPERLINK(""evil"")"' in table
    assert '"90.00"' in table
    assert book.content.startswith(b"PK")
    for path in ("report", "report.csv", "report.xlsx"):
        assert (await another_visitor.get(host_page(f"/live/{session.id}/{path}"))).status_code == 404, path


async def test_there_is_no_report_while_the_show_goes_on(visitor: Visitor, shop: Tenant) -> None:
    session = await _on_air(await signed_up(visitor, shop))

    assert (await visitor.get(host_page(f"/live/{session.id}/report"))).status_code == 404
