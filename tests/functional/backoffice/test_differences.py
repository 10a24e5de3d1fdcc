"""Whoever ships sees what orders, warehouses and carriers disagree about, and says what was done about it."""

from __future__ import annotations

import re
from typing import Any

import tenants
from app import tickets
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of

PAGE = "/fulfillment/differences"


async def _planted() -> None:
    async with tenants.transaction():
        await tickets.open(
            "goods.unknown_there", "w1", currency="CNY", amount=8_800, details={"order": "T1", "reference": "T1-1"}
        )
        await tickets.open("books.trial", "books", currency="CNY", amount=5, details={})


async def test_a_difference_of_goods_is_closed_with_a_note(visitor: Any, shop: Tenant) -> None:
    await _planted()
    await sign_in(visitor, await staff_of(shop, "picker"))
    page = (await visitor.get(admin(PAGE))).text
    form = re.search(rf'action="({PAGE}/[0-9a-f-]{{36}})"', page)
    assert form
    assert "T1-1" in page

    refused = await visitor.submit(admin(form[1]), {"note": ""}, page=admin(PAGE))
    done = await visitor.submit(admin(form[1]), {"note": "They found it."}, page=admin(PAGE))

    assert (refused.status_code, done.status_code) == (422, 303)
    assert "They found it." in (await visitor.get(admin(f"{PAGE}?status=resolved"))).text
    async with tenants.transaction():
        assert await tickets.open_counts() == {"books.trial": 1}


async def test_comparing_now_asks_for_it_once(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "manager"))

    for _press in range(2):
        await visitor.submit(admin(f"{PAGE}/look"), {}, page=admin(PAGE))

    async with tenants.transaction():
        asked = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'reconciliation.goods'")
    assert asked == 1
