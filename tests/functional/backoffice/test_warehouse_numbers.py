"""The merchant says by which numbers a warehouse knows goods, and what was stuck for it leaves."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import Offer, offer, paid_order


async def _home() -> tuple[UUID, str]:
    async with tenants.transaction():
        warehouse = (await fulfillment.warehouses())[0].id
    return warehouse, admin(f"/warehouses/{warehouse}/skus")


async def _sku_of(made: Offer) -> str:
    async with tenants.transaction():
        return str(await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", made.variant))


async def _mapped() -> dict[str, str]:
    warehouse, _page = await _home()
    async with tenants.transaction():
        return {one.our_sku: one.their_sku for one in (await fulfillment.sku_aliases(warehouse)).items}


@pytest.fixture
async def picker(visitor: Any, shop: Tenant) -> Any:
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))
    return visitor


async def test_a_number_is_mapped_found_and_taken_off(picker: Any) -> None:
    peaches, honey = await offer(title="Peaches"), await offer(title="Honey")
    _warehouse, page = await _home()
    for made, theirs in ((peaches, "W-1"), (honey, "H-1")):
        await picker.submit(page, {"sku": await _sku_of(made), "their_sku": theirs}, page=page)

    found = (await picker.get(f"{page}?q=w-1")).text
    gone = re.search(r"/skus/([0-9a-f-]{36})/removal", found)
    assert gone
    await picker.submit(f"{page}/{gone[1]}/removal", page=page)

    assert "Peaches" in found
    assert "Honey" not in found
    assert await _mapped() == {await _sku_of(honey): "H-1"}


async def test_what_cannot_be_is_said_beside_its_field(picker: Any) -> None:
    _warehouse, page = await _home()

    answer = await picker.submit(page, {"sku": "NOBODY", "their_sku": "W-1"}, page=page)

    assert answer.status_code == 422
    assert "No goods of yours have this SKU." in answer.text
    assert await _mapped() == {}


async def test_a_stuck_order_leads_to_the_form_and_is_sent_again(picker: Any) -> None:
    peaches = await offer(title="Peaches")
    warehouse, page = await _home()
    placed = await paid_order(peaches)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.hold_unsent(work_order.id, "unknown_sku: not in our list")
        (exception,) = await fulfillment.exceptions_of(placed.order_id)

    queue = (await picker.get(admin("/fulfillment/exceptions"))).text
    form = f"{page}?exception={exception.id}"
    asked = (await picker.get(form)).text
    values = {"sku": await _sku_of(peaches), "their_sku": "W-1", "exception": str(exception.id)}
    answer = await picker.submit(page, values, page=form)

    assert f"/warehouses/{warehouse}/skus?exception={exception.id}" in queue
    assert f'value="{await _sku_of(peaches)}"' in asked
    assert f"{placed.number}-1 waits for this" in asked
    assert answer.headers["location"].endswith("/fulfillment/exceptions")
    async with tenants.transaction():
        assert (await fulfillment.find(work_order.id)).status == "open"
        assert await fulfillment.exceptions_of(placed.order_id) == []


async def test_a_table_is_looked_at_first_and_its_bad_rows_stay_out(picker: Any) -> None:
    sku = await _sku_of(await offer(title="Peaches"))
    _warehouse, page = await _home()
    rows = f"sku,their_sku\n{sku},W-1\nNOBODY,W-2\n"

    look = await picker.submit(f"{page}/table", {"rows": rows}, page=page)
    before = await _mapped()
    kept = re.search(r'<textarea name="rows" hidden[^>]*>(.*?)</textarea>', look.text, re.DOTALL)
    assert kept
    table = kept[1].replace("&#34;", '"')
    done = await picker.submit(f"{page}/table", {"rows": table, "sure": "yes"}, page=page)
    out = (await picker.get(f"{page}/skus.csv")).text

    assert "No goods of yours have this SKU." in look.text
    assert before == {}
    assert done.status_code == 303
    assert await _mapped() == {sku: "W-1"}
    assert f'"{sku}","W-1","Peaches"' in out


async def test_who_only_reads_maps_nothing(visitor: Any, shop: Tenant) -> None:
    await sign_in(visitor, await staff_of(shop, "read_only"))
    sku = await _sku_of(await offer())
    _warehouse, page = await _home()

    answer = await visitor.submit(page, {"sku": sku, "their_sku": "W-1"}, page=page)

    assert (await visitor.get(page)).status_code == 200
    assert answer.status_code == 403
    assert await _mapped() == {}
