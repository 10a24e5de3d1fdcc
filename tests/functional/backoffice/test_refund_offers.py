"""The page of refunds offers to ask the warehouse first, where it has the units already."""

from __future__ import annotations

import tenants
from app import fulfillment, orders, payments
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import jobs, offer, paid_order
from tests.functional.conftest import Visitor


async def test_units_at_a_warehouse_are_asked_back_before_they_are_paid_back(shop: Tenant, visitor: Visitor) -> None:
    placed = await paid_order(await offer(price=1000), quantity=2)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
        (line,) = await orders.lines_of(placed.order_id)
        await fulfillment.mark_submitted(work.id)
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "finance"))
    place, form = admin(f"/orders/{placed.number}/refunds"), {f"quantity-{line.id}": "1", "sure": "true"}

    refused = await visitor.submit(place, form, page=f"{place}/new")
    answer = await visitor.submit(place, form | {"stop": "true"}, page=f"{place}/new")
    again = await visitor.submit(place, form | {"stop": "true"}, page=f"{place}/new")

    assert "The warehouse is already packing" in refused.text
    assert "Ask the warehouse to stop it first" in refused.text
    assert 'name="stop"' in refused.text
    assert (answer.status_code, again.status_code) == (303, 422)
    assert "The warehouse is being asked to stop this order." in (await visitor.get(place)).text
    assert await jobs("fulfillment.stop") == 1
    async with tenants.transaction():
        assert await payments.refunds_of(placed.order_id) == []
