"""What a shopper reads about money that comes back."""

from __future__ import annotations

import tenants
from app import orders
from app.flows.request_refund import request_refund
from app.flows.settle_refund import settle_refund
from app.payments import RefundLine
from infra.payment.port import RefundState
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address


async def test_a_shopper_reads_what_of_the_order_came_back(visitor: Visitor, shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), quantity=2)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    (refund,) = await request_refund(placed.order_id, lines=[RefundLine(line.id, 1, 400)], reason="bruised")
    page = store_address(shop, f"/orders/{placed.number}?key={placed.key}")
    visitor.headers["Accept-Language"] = "en"

    before = (await visitor.get(page)).text
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    after = (await visitor.get(page)).text

    assert "¥4.00 is on its way back" in before
    assert "¥4.00 came back on" in after
    assert "1 × Peaches" in after
