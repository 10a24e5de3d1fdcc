"""A merchant looks after stock: corrects a shelf, expects and receives a delivery, sees what is nearly gone."""

from __future__ import annotations

import re
from typing import Any

import tenants
from tenants import Tenant
from tests.builders_backoffice import admin, make_product, sign_in, staff_of
from tests.invariants import check


async def _variant_page(visitor: Any) -> str:
    page = (await visitor.get(admin("/stock"))).text
    found = re.search(r'href="(/stock/[0-9a-f-]{36})"', page)
    assert found
    return admin(found[1])


async def test_a_shelf_is_corrected_and_the_entry_undone(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=9)
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = await _variant_page(visitor)
    warehouse = re.search(r'<option value="([0-9a-f-]{36})"', (await visitor.get(page)).text)
    assert warehouse

    entry = {"warehouse": warehouse[1], "way": "take", "units": "4", "reason": "damaged", "words": "=1+1"}
    await visitor.submit(f"{page}/adjustments", entry, page=page)
    shown = (await visitor.get(page)).text
    undo = re.search(r'action="(/stock/moves/[^"]+/undo)"', shown)
    assert undo
    assert "-4" in shown
    await visitor.submit(admin(undo[1]), {}, page=page)

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT on_hand FROM stock_level") == 9
    await check(shop)


async def test_a_delivery_is_expected_and_received(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=0)
    await sign_in(visitor, await staff_of(shop, "manager"))
    page = await _variant_page(visitor)
    assert "/stock?low=yes" in (await visitor.get(admin("/"))).text
    warehouse = re.search(r'<option value="([0-9a-f-]{36})"', (await visitor.get(page)).text)
    assert warehouse

    await visitor.submit(f"{page}/arrivals", {"warehouse": warehouse[1], "units": "30"}, page=page)
    receive = re.search(r'action="(/stock/arrivals/[^"]+/receipts)"', (await visitor.get(page)).text)
    assert receive
    await visitor.submit(admin(receive[1]), {"units": "25", "last": "true"}, page=page)

    async with tenants.transaction():
        level = await tenants.connection().fetchrow("SELECT on_hand, incoming FROM stock_level")
    assert tuple(level) == (25, 0)  # type: ignore[arg-type] # the product has one
    assert "/stock?low=yes" not in (await visitor.get(admin("/"))).text
    await check(shop)


async def test_a_picker_sees_stock_and_changes_nothing(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=9)
    await sign_in(visitor, await staff_of(shop, "picker"))
    page = await _variant_page(visitor)

    shown = (await visitor.get(page)).text

    assert "/adjustments" not in shown
