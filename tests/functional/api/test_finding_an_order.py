"""A program finds an order by its number and its whole phone, without a token."""

from __future__ import annotations

import tenants
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_aftersales import delivered_order, order_of
from tests.functional.api.conftest import Program


async def test_an_order_is_found_by_both_and_by_nothing_less(shop: Tenant, program: Program) -> None:
    order = await order_of(await delivered_order(await selling.offer(title="Peaches", stock=5)))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET phone = '13912345678' WHERE id = $1", order.id)

    found = await program.send("POST", "/order-lookups", {"number": order.number, "phone": "+8613912345678"})
    wrong = [
        await program.ask("POST", "/order-lookups", {"number": number, "phone": phone})
        for number, phone in ((order.number, "5678"), ("T9999999", "13912345678"))
    ]

    assert ([line["title"] for line in found["lines"]], len(found["parcels"])) == (["Peaches"], 1)
    assert found["recipient"].endswith("**")
    assert [answer.status_code for answer in wrong] == [404, 404]
    said = [{name: text for name, text in answer.json().items() if name != "request_id"} for answer in wrong]
    assert said[0] == said[1]
