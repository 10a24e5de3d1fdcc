"""Old orders add up to the same cents, whatever the store's rules are today."""

from __future__ import annotations

import tenants
from app import orders
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _same(order_id: object) -> bool:
    """Whether an order computed again is what its rows say."""
    async with tenants.transaction():
        order, lines = await orders.find(order_id), await orders.lines_of(order_id)  # type: ignore[arg-type] # an id
        again = await orders.recompute(order.id)
    assert [line.price_breakdown for line in lines] == [priced.breakdown for priced in again.lines]
    return order.total_amount == again.total_amount


async def test_an_order_is_computed_again_by_its_own_rules(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1000")
    placed = await selling.order(*[await selling.offer(price=price) for price in (3333, 3333, 3334)], quantity=2)

    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 7, free_freight_from_amount = 0")
        await tenants.connection().execute("UPDATE variant SET price_amount = 1")

    assert await _same(placed.order_id)
    await check(shop)


async def test_an_order_from_before_rules_were_kept_is_its_list_prices_and_its_freight(shop: Tenant) -> None:
    placed = await selling.order()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET price_rules = '{}'")

    assert await _same(placed.order_id)
