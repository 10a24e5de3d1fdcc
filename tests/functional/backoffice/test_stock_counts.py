"""A merchant counts the warehouse through the pages, and brings a table of stock."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import tenants
from tenants import Tenant
from tests.builders_backoffice import admin, make_product, sign_in, staff_of
from tests.invariants import check


async def _on_hand() -> int:
    async with tenants.transaction():
        units: int = await tenants.connection().fetchval("SELECT on_hand FROM stock_level")
    return units


async def test_a_blind_count_hides_what_should_be_there_until_it_is_taken_over(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=7_654_321)
    await sign_in(visitor, await staff_of(shop, "manager"))
    takes = admin("/stock/takes")
    warehouse = re.search(r'<option value="([0-9a-f-]{36})"', (await visitor.get(takes)).text)
    assert warehouse
    opened = await visitor.submit(takes, {"warehouse": warehouse[1], "blind": "true"}, page=takes)
    take = admin(opened.headers["location"])
    page = (await visitor.get(take)).text
    field = re.search(r'name="(count_[^"]+)"', page)
    assert field
    seen = page + (await visitor.get(f"{take}/sheet.csv")).text
    assert "7654321" not in seen.replace(",", "")

    await visitor.submit(f"{take}/counts", {field[1]: "7654319"}, page=take)
    await visitor.submit(f"{take}/apply", {}, page=take)

    assert await _on_hand() == 7_654_319
    assert "-2" in (await visitor.get(take)).text
    await check(shop)


async def test_a_table_changes_nothing_before_it_was_confirmed(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=5)
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = admin("/stock/file")
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE variant SET sku = '=PEACH'")
    taken = (await visitor.get(admin("/stock/file/stock.csv"))).text
    assert '"\'=PEACH"' in taken

    look = await visitor.submit(page, {"rows": "sku,on_hand\n=PEACH,9\nNOPE,1\n"}, page=page)
    assert (look.status_code, await _on_hand()) == (200, 5)
    rows = re.search(r"<textarea[^>]*hidden[^>]*>([^<]*)</textarea>", look.text)
    assert rows
    await visitor.submit(page, {"rows": unescape(rows[1]), "sure": "yes"}, page=page)

    assert await _on_hand() == 9
    await check(shop)
