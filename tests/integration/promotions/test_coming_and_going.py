"""Many orders with one coupon and one balance of points come and go at once: nothing locks up, nothing is lost."""

from __future__ import annotations

import asyncio

import tenants
from app.flows.cancel_order import cancel_order
from app.flows.choose_savings import use_code, use_points
from app.flows.place_order import place_order
from app.kernel.errors import Refusal
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check


async def test_orders_that_come_and_go_at_once_leave_every_coupon_and_point_where_it_was(shop: Tenant) -> None:
    ya = await promoting.customer()
    await promoting.points_rule(share=10_000)
    await promoting.give_points(ya, 3_000)
    await promoting.coupon(issue_total=4, per_customer_limit=2)
    peaches, pears = await selling.offer(stock=500), await selling.offer(stock=500)
    done: list[str] = []

    async def come_and_go(number: int) -> None:
        for _ in range(3):
            visitor, cart = await selling.fill_cart(peaches, pears)
            try:
                await use_code(visitor, "PEACH", ya if number % 2 else None)
                await use_points(visitor, True)
                placed = await place_order(cart, visitor, selling.checkout(customer_id=ya if number % 2 else None))
                done.append("placed")
                await cancel_order(placed.order_id, actor="shopper")
            except Refusal as refusal:
                done.append(type(refusal).__name__)

    await asyncio.gather(*(come_and_go(number) for number in range(16)))

    assert "placed" in done
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT sum(used_count) FROM coupon") == 0
        assert await tenants.connection().fetchval("SELECT balance FROM points_balance") == 3_000
    await check(shop)
