"""A merchant sets units apart for a host, and calls them in."""

from __future__ import annotations

import re
from typing import Any

import tenants
from tenants import Tenant
from tests.builders_backoffice import admin, make_product, sign_in, staff_of
from tests.builders_earning import promoter
from tests.invariants import check

PAGE = "/stock/quotas"


async def test_units_are_set_apart_and_called_in(visitor: Any, shop: Tenant) -> None:
    await make_product("Peach", stock=9)
    host = await promoter(name="Xiaoya")
    async with tenants.transaction():
        sku = await tenants.connection().fetchval("UPDATE variant SET sku = 'P-1' RETURNING sku")
    await sign_in(visitor, await staff_of(shop, "manager"))
    wish = {"whom": f"promoter:{host.id}", "sku": sku, "units": "10"}

    refused = await visitor.submit(admin(PAGE), wish, page=admin(PAGE))
    await visitor.submit(admin(PAGE), wish | {"units": "4"}, page=admin(PAGE))
    page = (await visitor.get(admin(PAGE))).text
    back = re.search(rf'action="({PAGE}/[0-9a-f-]{{36}}/return)"', page)
    assert back
    assert (refused.status_code, "Xiaoya" in page) == (422, True)
    await visitor.submit(admin(back[1]), {}, page=admin(PAGE))

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT reserved FROM stock_level") == 0
    await check(shop)
