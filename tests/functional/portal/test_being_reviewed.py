"""A promoter sees that a sale is being reviewed, since when and why in general words, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import commissions, promoters
from app.flows.decide_promoter import decide_promoter
from app.flows.merchant_acts import Actor
from app.flows.review_risk import refuse_case
from app.kernel.ids import new_id
from infra.settings import settings
from tenants import Tenant
from tests import builders_risk as build
from tests.builders_risk import Person


def _host(path: str) -> str:
    return f"{settings().origin('host')}{path}"


async def _held(shop: Tenant, visitor: Any) -> UUID:
    """The visitor is a promoter; their neighbor of nearly the same name bought."""
    visitor.headers["Accept-Language"] = "en"
    email = f"{new_id().hex}@host.test"
    await visitor.submit(_host("/sign-up"), {"name": "Lin Yatong", "email": email, "password": "correct horse battery"})
    await visitor.submit(_host("/stores"), {"store": shop.slug}, page=_host("/stores"))
    async with tenants.transaction():
        (waiting,) = await promoters.everyone("pending")
    me = await build.known_as(await decide_promoter(waiting.id, True, 1000, "Su He"))
    return await _bought_next_door(me)


async def _bought_next_door(me: Person) -> UUID:
    return await build.bought(me, **build.neighbor(me))


async def _line(order: UUID) -> commissions.CommissionLine:
    async with tenants.transaction():
        (line,) = await commissions.lines_of(order)
    return line


async def test_a_line_under_review_says_since_when_and_why_in_general_words(shop: Tenant, visitor: Any) -> None:
    line = await _line(await _held(shop, visitor))

    listed = (await visitor.get(_host("/earnings"))).text
    page = (await visitor.get(_host(f"/commissions/{line.id}"))).text

    assert "being reviewed since" in listed
    for told in ("Being reviewed since", "The address resembles yours.", "The name resembles yours."):
        assert told in page, told
    assert "Peach Road" not in page


async def test_a_refused_line_says_why(shop: Tenant, visitor: Any) -> None:
    order = await _held(shop, visitor)
    case = await build.case_of(order)
    await refuse_case(case.id, words="It is your own flat.", remember=False, actor=Actor(new_id(), "Su He"))

    listed = (await visitor.get(_host("/earnings"))).text
    page = (await visitor.get(_host(f"/commissions/{(await _line(order)).id}"))).text

    assert "The store looked at it and refused it" in listed
    assert ("It is your own flat." in page, "Refunded, so this part went back" in page) == (True, False)
