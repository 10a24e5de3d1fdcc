"""Every change of what is on hand leaves a line: what is there is what came and went."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import inventory
from app.flows.change_stock import change_counts
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import make_product
from tests.invariants import check


async def _moves(variant: UUID) -> list[tuple[Any, ...]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT kind, delta, actor FROM stock_move WHERE variant = $1 ORDER BY at, id", variant
        )
    return [tuple(row) for row in rows]


async def _level(variant: UUID) -> UUID:
    async with tenants.transaction():
        level: UUID = await tenants.connection().fetchval("SELECT id FROM stock_level WHERE variant = $1", variant)
    return level


async def test_parcels_that_leave_are_written_down_for_their_order(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    placed = await selling.paid_order(peaches, quantity=5)

    async with tenants.transaction():
        line, warehouse = await tenants.connection().fetchrow(  # type: ignore[misc] # the order has a line
            "SELECT order_line, warehouse FROM reservation WHERE order_id = $1", placed.order_id
        )
        for total in (2, 2, 5):
            await inventory.ship({line: total}, warehouse)

    assert await _moves(peaches.variant) == [
        ("opening", 10, "system"), ("ship", -2, "warehouse"), ("ship", -3, "warehouse"),
    ]  # fmt: skip
    async with tenants.transaction():
        about = await tenants.connection().fetchval("SELECT about FROM stock_move WHERE kind = 'ship' LIMIT 1")
    assert about == placed.order_id
    await check(shop)


async def test_units_that_come_back_are_written_down_once(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    placed = await selling.paid_order(peaches, quantity=5)
    async with tenants.transaction():
        line = await tenants.connection().fetchval("SELECT id FROM order_line WHERE order_id = $1", placed.order_id)
    taken = inventory.TakenBack(new_id(), line, peaches.variant, good=2, damaged=1)

    for _copy in range(2):
        async with tenants.transaction():
            await inventory.take_back([taken], actor="Ming")
    async with tenants.transaction():
        await inventory.put_back({line: 3}, actor="Ming")

    assert await _moves(peaches.variant) == [
        ("opening", 10, "system"), ("restock", 2, "Ming"), ("scrap", 0, "Ming"), ("restock", 3, "Ming"),
    ]  # fmt: skip
    await check(shop)


async def test_a_count_by_hand_is_the_difference_to_what_was_there(shop: Tenant) -> None:
    product = await make_product("Peach", stock=10)
    async with tenants.transaction():
        variant = await tenants.connection().fetchval("SELECT id FROM variant WHERE product = $1", product)

    level = await _level(variant)
    await change_counts({level: -6}, actor="Ming")
    await change_counts({level: 0}, actor="Ming")
    with pytest.raises(inventory.PromisedUnits):
        await change_counts({level: -5}, actor="Ming")

    assert await _moves(variant) == [("count", 10, "merchant"), ("count", -6, "Ming")]
    await check(shop)


async def test_counts_and_parcels_at_the_same_time_add_up(shop: Tenant) -> None:
    goods = [await selling.offer(title=f"Goods {place}", stock=50) for place in range(3)]
    placed = [await selling.paid_order(*goods) for _order in range(4)]

    async def leave(order_id: UUID) -> None:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(
                "SELECT order_line, warehouse FROM reservation WHERE order_id = $1", order_id
            )
            await inventory.ship({row["order_line"]: 1 for row in rows}, rows[0]["warehouse"])

    levels = [await _level(each.variant) for each in goods]

    async def count(units: int) -> None:
        await change_counts(dict.fromkeys(reversed(levels), units), actor="Ming")

    await asyncio.gather(*(leave(one.order_id) for one in placed), *(count(units) for units in (7, 30, 9)))

    await check(shop)


async def test_another_shop_sees_no_movements(shop: Tenant, other_shop: Tenant) -> None:
    peaches = await selling.offer(stock=7)

    with tenants.bind(other_shop):
        assert await _moves(peaches.variant) == []
