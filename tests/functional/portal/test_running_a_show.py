"""A host plans a show, the merchant grants a price, and the product is sold at it while it is on air."""

from __future__ import annotations

import html
import re

import tenants
from app import live, promoters
from app.flows.decide_promoter import decide_promoter
from app.kernel.ids import new_id
from app.live import Slot
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.faults import jobs
from tests.functional.conftest import Visitor, own_address, store_address


def _host(path: str = "/") -> str:
    return own_address("host", path)


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _with_session(visitor: Visitor, shop: Tenant) -> str:
    """Signed up, approved, and a session planned: its address."""
    visitor.headers["Accept-Language"] = "en"
    fields = {"name": "Lin", "email": f"{new_id().hex}@host.test", "password": "correct horse battery"}
    await visitor.submit(_host("/sign-up"), fields)
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
    await decide_promoter(waiting.id, True, 1000, "Su He")
    planned = await visitor.submit(
        _host("/live"), {"title": "Peach night", "platform": "douyin"}, page=_host("/live")
    )  # fmt: skip
    return str(planned.headers["location"])


async def _slots() -> list[Slot]:
    async with tenants.transaction():
        (session,) = await live.sessions_of((await promoters.everyone())[0].id)
        return await live.slots_of(session.id)


async def test_a_whole_show(visitor: Visitor, another_visitor: Visitor, shop: Tenant) -> None:
    offer = await selling.offer(price=4390)
    session = await _with_session(visitor, shop)
    plan = _host(f"{session}/show")
    another_visitor.headers["Accept-Language"] = "en"
    await sign_in(another_visitor, await staff_of(shop, "manager"))

    await visitor.submit(
        plan, {"variant": str(offer.variant), "minutes": "15", "amount": "29.90", "units": "20"}, page=plan
    )  # fmt: skip
    (slot,) = await _slots()
    asked = _text((await another_visitor.get(admin("/shows"))).text)
    await another_visitor.submit(
        admin(f"/shows/prices/{slot.id}"), {"amount": "31.90", "units": "10", "act": "grant"}, page=admin("/shows")
    )  # fmt: skip
    await visitor.submit(_host(f"{session}/start"), {}, page=_host(session))
    shown = await visitor.submit(f"{plan}/{slot.id}/on-air", {}, page=plan)
    await jobs.work("fulfillment.", "payments.", "messaging.")

    on_air = _text((await visitor.get(plan)).text)
    assert "¥29.90 instead of ¥43.90" in asked
    assert shown.status_code == 303
    assert "On air now" in on_air
    assert "¥31.9" in on_air.replace(" ", "")
    (slot,) = await _slots()
    async with tenants.transaction():
        code = await tenants.connection().fetchval("SELECT code FROM campaign WHERE id = $1", slot.campaign)
    window = await another_visitor.get(store_address(shop))
    assert "Lin: Peach night On air now" in _text(window.text)
    assert f"/campaigns/{code}" not in window.text
    assert "31.9" in _text((await another_visitor.get(store_address(shop, f"/campaigns/{code}"))).text)


async def test_what_makes_no_sense_is_said_beside_the_form_and_plans_nothing(visitor: Visitor, shop: Tenant) -> None:
    offer = await selling.offer(price=4390)
    plan = _host(f"{await _with_session(visitor, shop)}/show")

    for fields, words in (
        ({"amount": "50"}, "below the usual one"), ({"minutes": "0"}, "Between 1 and 600 minutes."),
        ({"amount": "abc"}, "Enter"),
    ):  # fmt: skip
        refused = await visitor.submit(plan, {"variant": str(offer.variant), "minutes": "10"} | fields, page=plan)
        assert refused.status_code == 422
        assert words in _text(refused.text)
    assert await _slots() == []


async def test_a_show_of_somebody_else_is_not_there(visitor: Visitor, another_visitor: Visitor, shop: Tenant) -> None:
    session = await _with_session(visitor, shop)
    fields = {"name": "Wu", "email": f"{new_id().hex}@host.test", "password": "correct horse battery"}
    await another_visitor.submit(_host("/sign-up"), fields)
    await another_visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))

    assert (await another_visitor.get(_host(f"{session}/show"))).status_code == 404
