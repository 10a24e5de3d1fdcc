"""The merchant writes suppliers down, says what comes from them, and sees what is left of each sale."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from tenants import Tenant
from tests.builders_backoffice import admin, make_product, sign_in, staff_of
from tests.builders_supply import supplier

FORM = {"name": "Peach orchard", "email": "orchard@example.test", "due_days": "14", "minimum": "100"}


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def _variant() -> str:
    await make_product("Peach")
    async with tenants.transaction():
        return str(await tenants.connection().fetchval("SELECT id FROM variant"))


async def test_a_supplier_with_goods_a_cost_and_a_margin(owner: Any) -> None:
    assert "No suppliers yet" in (await owner.get(admin("/suppliers"))).text
    variant = await _variant()

    made = await owner.submit(admin("/suppliers/new"), FORM, page=admin("/suppliers/new"))
    page = admin(made.headers["location"])
    assert "Peach" in (await owner.get(f"{page}?q=peach")).text
    await owner.submit(f"{page}/goods", {"variant": variant, "cost": "20", "lead_days": "2"}, page=f"{page}?q=peach")

    assert "23.90" in (await owner.get(page)).text
    table = await owner.get(f"{page}/goods.csv")
    assert '"PEACH","","20.00","2","no","yes"' in table.text


async def test_a_table_with_a_wrong_row_shows_it_and_takes_the_rest(owner: Any) -> None:
    await _variant()
    page = admin(f"/suppliers/{await supplier()}")

    answer = await owner.submit(f"{page}/goods/table", {"rows": "sku,cost\nPEACH,20\nPLUM,1\n"}, page=page)

    assert answer.status_code == 422
    assert "1 row was taken" in answer.text
    assert "No goods of yours have this SKU." in answer.text
    assert "PEACH" in (await owner.get(page)).text


async def test_what_goods_cost_is_for_those_who_may_see_money(visitor: Any, owner: Any, shop: Tenant) -> None:
    variant = await _variant()
    page = admin(f"/suppliers/{await supplier()}")
    await owner.submit(f"{page}/goods", {"variant": variant, "cost": "20.01"}, page=f"{page}?q=peach")
    async with tenants.transaction():
        product = await tenants.connection().fetchval("SELECT id FROM product")
    assert "20.01" in (await owner.get(admin(f"/products/{product}"))).text

    await sign_in(visitor, await staff_of(shop, "picker"))

    for path in (page, admin(f"/products/{product}")):
        assert "20.01" not in (await visitor.get(path)).text
    assert (await visitor.get(f"{page}/goods.csv")).status_code == 403


async def test_the_owner_invites_somebody_of_the_supplier(owner: Any) -> None:
    page = admin(f"/suppliers/{await supplier()}/people")

    answer = await owner.submit(page, {"email": "li@orchard.test", "name": "Li"}, page=page)

    assert "/welcome?code=" in answer.text
    assert "li@orchard.test" in (await owner.get(page)).text
