"""A host reads terms before asking, accepts new ones, and sees what is missing to the next level."""

from __future__ import annotations

import html
import re

import tenants
from app import promoters
from app.flows.decide_promoter import decide_promoter
from app.flows.publish_terms import publish_terms
from app.kernel.ids import new_id
from app.promoters import Level
from tenants import Tenant
from tests.functional.conftest import Visitor, own_address


def _host(path: str = "/") -> str:
    return own_address("host", path)


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _signed_up(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    fields = {"name": "Lin", "email": f"{new_id().hex}@host.test", "password": "correct horse battery"}
    await visitor.submit(_host("/sign-up"), fields)


async def _accepted(shop: Tenant) -> promoters.Promoter:
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
    return await decide_promoter(waiting.id, True, 1000, "Su He")


async def test_terms_are_read_before_one_asks(visitor: Visitor, shop: Tenant) -> None:
    terms = await publish_terms("You pay nothing to earn.", by="Su He")
    await _signed_up(visitor)

    led = await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    page = _host(f"/join/{shop.slug}")
    shown = await visitor.get(page)
    refused = await visitor.submit(page, {"kinds": "sharer"}, page=page)
    done = await visitor.submit(page, {"kinds": ["sharer", "host"], "terms": str(terms.id)}, page=page)

    assert led.headers["location"] == f"/join/{shop.slug}"
    assert "You pay nothing to earn." in shown.text
    assert refused.status_code == 422
    assert "say that you accept them" in _text(refused.text)
    assert done.status_code == 303
    async with tenants.transaction():
        (asked,) = await promoters.everyone("pending")
        assert await promoters.accepted_at(asked.id, terms)


async def test_new_terms_are_accepted_on_the_page_that_shows_them(visitor: Visitor, shop: Tenant) -> None:
    await _signed_up(visitor)
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    host = await _accepted(shop)
    old = await publish_terms("Ten percent.", by="Su He")
    page = _host("/level")
    new = await publish_terms("Twelve percent.", by="Su He")

    told = _text((await visitor.get(_host("/earnings"))).text)
    late = await visitor.submit(_host(f"/terms/{old.id}/accept"), {}, page=page)
    said = _text((await visitor.get(_host(late.headers["location"]))).text)
    await visitor.submit(_host(f"/terms/{new.id}/accept"), {}, page=page)

    assert "The store has new terms." in told
    assert "have changed meanwhile" in said
    assert "Accepted on" in _text((await visitor.get(page)).text)
    async with tenants.transaction():
        assert not await promoters.accepted_at(host.id, old)


async def test_the_way_to_the_next_level_is_shown(visitor: Visitor, shop: Tenant) -> None:
    await _signed_up(visitor)
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    await _accepted(shop)
    async with tenants.transaction():
        await promoters.save_level(Level(id=new_id(), name="Gold", rank=1, from_net_amount=500_00))

    shown = _text((await visitor.get(_host("/level"))).text)

    assert "¥500.00 more and you are at “Gold”." in shown
