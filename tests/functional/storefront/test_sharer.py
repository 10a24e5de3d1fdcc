"""A shopper sees who their sharer is, chooses another, lets go, and names one at the checkout."""

from __future__ import annotations

import re
from typing import Any

import tenants
from app import attribution
from app.flows.fold_clicks import fold_clicks
from tenants import Tenant
from tests import builders_attribution as policies
from tests import builders_earning as build
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address


async def _code(name: str) -> str:
    sharer = await build.promoter(name=name)
    async with tenants.transaction():
        return await attribution.sharer_code_of(sharer.id)


async def _post(visitor: Visitor, shop: Tenant, path: str, data: dict[str, Any], page: str) -> Any:
    return await visitor.submit(store_address(shop, path), data, page=store_address(shop, page))


async def test_a_guest_who_came_through_a_link_sees_whose_it_was_and_lets_go(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    await policies.policy()
    link = await build.link(await build.promoter(name="Xiaoya"))
    await visitor.get(
        store_address(shop, f"/l/{link.code}"), headers={"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    )
    await fold_clicks()

    shown = await visitor.get(store_address(shop, "/sharer"))
    gone = await _post(visitor, shop, "/sharer/removal", {}, "/sharer")

    after = await visitor.get(store_address(shop, "/sharer"))
    assert "Your sharer until" in shown.text
    assert "Xiaoya" in shown.text
    assert gone.status_code == 303
    assert "You have no sharer" in after.text


async def test_a_shopper_chooses_by_code_and_a_wrong_code_changes_nothing(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    await policies.policy(snatch_policy="never")
    code = await _code("Ajie")

    wrong = await _post(visitor, shop, "/sharer", {"sharer_code": "NOBODY"}, "/sharer")
    chosen = await _post(visitor, shop, "/sharer", {"sharer_code": f" {code.lower()} "}, "/sharer")

    shown = await visitor.get(store_address(shop, "/sharer"))
    assert (wrong.status_code, "No sharer of this store has that code." in wrong.text) == (422, True)
    assert (chosen.status_code, "Ajie" in shown.text) == (303, True)


async def test_a_store_that_binds_nobody_says_so(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    page = await visitor.get(store_address(shop, "/sharer"))

    assert "This store does not bind shoppers to sharers." in page.text


async def _checkout(visitor: Visitor, shop: Tenant) -> dict[str, str]:
    offer = await selling.offer()
    added = await visitor.post(
        store_address(shop, "/cart/lines"), data={"variant": str(offer.variant)},
        headers={"Origin": store_address(shop, "").rstrip("/")},
    )  # fmt: skip
    assert added.status_code == 303, added.text
    page = (await visitor.get(store_address(shop, "/checkout"))).text
    return dict(re.findall(r'name="(cart|seen_total|seen_freight|seen_points)" value="([^"]*)"', page)) | {
        "country": "CN"
    }


async def test_a_code_at_the_checkout_is_kept_with_the_cart_and_comes_off_again(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    code = await _code("Ajie")
    form = await _checkout(visitor, shop)

    wrong = await _post(visitor, shop, "/checkout/sharer", form | {"sharer_code": "NOBODY", "save": "sharer"}, "/cart")
    named = await _post(visitor, shop, "/checkout/sharer", form | {"sharer_code": code, "save": "sharer"}, "/cart")
    async with tenants.transaction():
        kept = await tenants.connection().fetchval("SELECT sharer_code FROM cart")
    off = await _post(visitor, shop, "/checkout/sharer", form | {"save": "no_sharer"}, "/cart")

    async with tenants.transaction():
        left = await tenants.connection().fetchval("SELECT sharer FROM cart")
    assert (wrong.status_code, "No sharer of this store has that code." in wrong.text) == (422, True)
    assert ("This order counts for them." in named.text, kept) == (True, code)
    assert (off.status_code, left) == (200, None)
