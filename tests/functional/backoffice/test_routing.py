"""The merchant tries rules of routing out, saves them, and holds an order back."""

from __future__ import annotations

from typing import Any

import pytest

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of

HOME = "/warehouses/routing"
RULES = {f"criterion_{at}": name for at, name in enumerate(fulfillment.CRITERIA, 1)} | {
    "seen": "0", "most_parcels": "3", "shorts": "wait",
}  # fmt: skip


@pytest.fixture
async def owner(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "owner"))
    return visitor


async def test_rules_are_compared_on_an_order_before_they_are_saved(owner: Any) -> None:
    peaches = await selling.offer(stock=9)
    south = await selling.warehouse("South depot", parcel_amount=800)
    await selling.stock_at(peaches, south, 9)
    placed = await selling.paid_order(peaches, quantity=2)
    prefer = RULES | {"area_1": "CN", "sender_1": str(south), "never_1": "prefer", "sim_order": placed.number}

    page = await owner.submit(admin(f"{HOME}/simulation"), prefer, page=admin(HOME))
    saved = await owner.submit(admin(HOME), prefer | {"note": "South is quicker"}, page=admin(HOME))

    assert page.status_code == 200, page.text
    assert "You prefer South depot for this region." in page.text
    assert page.text.index("Cloud warehouse</b>") < page.text.index("South depot</b>")
    assert '<svg class="chart"' in page.text
    assert saved.status_code == 303, saved.text
    await plan_fulfillment(placed.order_id)
    assert await selling.shelves_of(placed.order_id) == [(2, "South depot")]
    assert "You prefer South depot for this region." in (await owner.get(admin(f"/orders/{placed.number}"))).text
    assert "South is quicker" in (await owner.get(admin(HOME))).text


async def test_typed_goods_are_routed_and_what_cannot_be_is_said_beside_its_box(owner: Any) -> None:
    peaches = await selling.offer(stock=9)
    async with tenants.transaction():
        sku = await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", peaches.variant)

    good = await owner.submit(
        admin(f"{HOME}/simulation"), RULES | {"sim_area": "CN 江苏", "sim_lines": f"{sku} 3"}, page=admin(HOME)
    )
    bad = await owner.submit(
        admin(HOME), RULES | {"criterion_1": "cost", "blocked": "西藏", "product_1": "nothing"}, page=admin(HOME)
    )

    assert "One parcel has everything." in good.text
    assert bad.status_code == 422
    assert "No product has this SKU or address." in bad.text
    async with tenants.transaction():
        assert (await fulfillment.routing_policy()).version == 0


async def test_an_order_is_held_and_let_go_on_its_page(owner: Any) -> None:
    placed = await selling.paid_order()
    await plan_fulfillment(placed.order_id)
    path = f"/orders/{placed.number}"

    await owner.submit(admin(f"{path}/holds"), {"words": "Wait for the call"}, page=admin(path))
    held = (await owner.get(admin(path))).text
    queue = (await owner.get(admin("/fulfillment/exceptions"))).text
    await owner.submit(admin(f"{path}/holds/release"), {"kind": "manual"}, page=admin(path))
    free = (await owner.get(admin(path))).text

    assert "Wait for the call" in held
    assert placed.number in queue
    assert "Wait for the call" not in free
    async with tenants.transaction():
        assert [one.status for one in await fulfillment.work_orders_of(placed.order_id)] == ["open"]
