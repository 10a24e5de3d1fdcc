"""A host asks for a gift and announces it, hosts with somebody else, and shoppers watch the session's page."""

from __future__ import annotations

import html
import re

import tenants
from app import live, promoters
from app.flows.invite_host import invite_host
from app.live import LiveSession
from app.promoters import Promoter
from tenants import Tenant
from tests import builders_earning as build
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import Visitor, own_address, store_address
from tests.functional.portal.test_running_a_show import _with_session


def _host(path: str = "/") -> str:
    return own_address("host", path)


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _mine() -> tuple[Promoter, LiveSession]:
    async with tenants.transaction():
        (me,) = await promoters.everyone()
        (session,) = await live.sessions_of(me.id)
        return me, session


async def test_a_gift_from_the_question_to_the_shoppers_page(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    peaches, cup = await selling.offer(price=4390), await selling.offer(title="Tea cup", stock=9)
    at = await _with_session(visitor, shop)
    _me, session = await _mine()
    plan, page = _host(f"{at}/show"), store_address(shop, f"/live/{session.code}")
    before = _text((await visitor.get(page)).text)
    await visitor.submit(plan, {"variant": str(peaches.variant), "minutes": "15"}, page=plan)
    async with tenants.transaction():
        (slot,) = await live.slots_of(session.id)
    await visitor.submit(
        _host(f"{at}/show/gifts"),
        {"slot": str(slot.id), "gift": str(cup.variant), "quota": "5", "every_units": ""},
        page=plan,
    )  # fmt: skip
    async with tenants.transaction():
        (gift,) = await live.gifts_of(session.id)
    another_visitor.headers["Accept-Language"] = "en"
    await sign_in(another_visitor, await staff_of(shop, "manager"))
    desk = admin("/shows")
    await another_visitor.submit(
        admin(f"/shows/gifts/{gift.id}"), {"quota": "3", "on_return": "kept", "act": "grant"}, page=desk
    )  # fmt: skip

    await visitor.submit(_host(f"{at}/start"), {}, page=plan)
    await visitor.submit(_host(f"{at}/show/{slot.id}/on-air"), {}, page=plan)
    await visitor.submit(_host(f"{at}/show/gifts/{gift.id}/announce"), {}, page=plan)
    shown = _text((await visitor.get(page)).text)
    await visitor.submit(_host(f"{at}/end"), {}, page=plan)
    over = _text((await visitor.get(page)).text)

    assert "Begins soon" in before
    assert "Shown now" in shown
    assert "With it: Tea cup" in shown
    assert "3 left" in shown
    assert "The session is over" in over
    assert "Tea cup" not in over


async def test_somebody_asked_hosts_after_saying_yes(visitor: Visitor, shop: Tenant) -> None:
    await _with_session(visitor, shop)
    me, _own = await _mine()
    theirs = await shows.on_air(await build.promoter(name="Bo"))
    locked = await visitor.get(_host(f"/live/{theirs.id}/show"))
    await invite_host(theirs.id, me.id, share_bps=3000, by=theirs.promoter)

    asked = _text((await visitor.get(_host("/live"))).text)
    await visitor.submit(_host(f"/live/{theirs.id}/hosts/answer/yes"), {}, page=_host("/live"))
    hosts = _text((await visitor.get(_host(f"/live/{theirs.id}/hosts"))).text)

    assert locked.status_code == 404
    assert "You are asked to host" in asked
    assert "30%" in asked
    assert "70%" in hosts


async def test_a_co_host_is_asked_by_mail_address_and_gets_a_part(visitor: Visitor, shop: Tenant) -> None:
    at = await _with_session(visitor, shop)
    guest = await build.promoter(name="Bo")
    page = _host(f"{at}/hosts")

    await visitor.submit(page, {"email": guest.email, "share": "12.5"}, page=page)
    refused = await visitor.submit(page, {"email": "nobody@host.test", "share": "101"}, page=page)

    _me = (await visitor.get(page)).text
    assert "12.5%" in _text(_me)
    assert refused.status_code == 422
    assert "No approved promoter of this store has this address." in _text(refused.text)


async def test_an_announcement_is_new_until_it_was_read(
    visitor: Visitor, another_visitor: Visitor, shop: Tenant
) -> None:
    await _with_session(visitor, shop)
    another_visitor.headers["Accept-Language"] = "en"
    await sign_in(another_visitor, await staff_of(shop, "manager"))
    desk, board = admin("/announcements"), _host("/announcements")
    await another_visitor.submit(
        desk, {"audience": "all", "title": "Peaches on Friday", "body": "Samples are out."}, page=desk
    )

    first, second = [_text((await visitor.get(board)).text) for _ in range(2)]
    told = re.search(r"/announcements/([0-9a-f-]{36})/withdraw", (await another_visitor.get(desk)).text)
    assert told is not None
    await another_visitor.submit(admin(f"/announcements/{told[1]}/withdraw"), {}, page=desk)
    after = _text((await visitor.get(board)).text)

    assert "Peaches on Friday New" in first
    assert "Peaches on Friday New" not in second
    assert "Peaches on Friday" in second
    assert "Peaches on Friday" not in after


async def test_announcements_of_a_session_reach_its_sharers_alone(shop: Tenant) -> None:
    from app import announcements
    from app.announcements import Draft
    from app.flows.announce import announce, reader_of

    host, sharer, stranger = [await build.promoter() for _ in range(3)]
    session = await shows.on_air(host)
    await build.link(sharer, session=session)
    await announce(Draft(title="Tonight", body="At eight.", audience="session", session=session.id), by=host)

    async with tenants.transaction():
        unread = [await announcements.count_unread(await reader_of(each)) for each in (host, sharer, stranger)]

    assert unread == [0, 1, 0]
