"""Goods come from suppliers: one main supplier, costs in versions, and what a supplier ships is promised from there."""

from __future__ import annotations

import pytest

import tenants
from app import fulfillment, suppliers
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.source_goods import import_links, switch_supplier, unlink_goods
from app.inventory import NotEnoughStock
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from tenants import Tenant
from tests.builders_selling import offer, order, paid_order
from tests.builders_supply import SU_HE, comes_from, sources_of, supplier
from tests.invariants import check


async def test_one_of_several_suppliers_is_the_main_one(shop: Tenant) -> None:
    peaches, first, second = await offer(), await supplier(name="First"), await supplier(name="Second")

    await comes_from(first, peaches, main=False)
    await comes_from(second, peaches, cost=1_900, main=True)

    assert [(one.supplier_name, one.is_main) for one in await sources_of(peaches)] == [
        ("Second", True), ("First", False),
    ]  # fmt: skip
    await unlink_goods((await sources_of(peaches))[0].id)
    assert [(one.supplier_name, one.is_main) for one in await sources_of(peaches)] == [("First", True)]


async def test_what_was_bought_earlier_keeps_its_cost(shop: Tenant) -> None:
    peaches, orchard = await offer(price=4_390), await supplier()
    await comes_from(orchard, peaches, cost=2_000)
    before = now()

    await comes_from(orchard, peaches, cost=2_200)

    async with tenants.transaction():
        assert await suppliers.costs_at(orchard, [peaches.variant], before) == {peaches.variant: 2_000}
        assert await suppliers.costs_at(orchard, [peaches.variant], now()) == {peaches.variant: 2_200}
    [link] = await sources_of(peaches)
    assert (link.cost_amount, link.margin_amount) == (2_200, 2_190)


async def test_an_order_of_goods_a_supplier_ships_becomes_work_of_that_supplier(shop: Tenant) -> None:
    peaches, orchard = await offer(stock=0), await supplier()
    with pytest.raises(NotEnoughStock):
        await order(peaches)

    await comes_from(orchard, peaches, drop_ship=True)
    placed = await paid_order(peaches, quantity=3)
    await plan_fulfillment(placed.order_id)

    async with tenants.transaction():
        [work_order] = await fulfillment.work_orders_of(placed.order_id)
        its = (await suppliers.find(orchard)).warehouse
    assert work_order.warehouse == its
    await push_fulfillment(work_order.id)
    async with tenants.transaction():
        assert (await fulfillment.lock(work_order.id)).status == "accepted"
    await check(shop)


async def test_a_paused_supplier_promises_nothing_until_it_delivers_again(shop: Tenant) -> None:
    peaches, orchard = await offer(stock=0), await supplier()
    await comes_from(orchard, peaches, drop_ship=True)

    await switch_supplier(orchard, "paused")
    with pytest.raises(NotEnoughStock):
        await order(peaches)

    await switch_supplier(orchard, "active")
    await order(peaches)
    await check(shop)


async def test_good_rows_of_a_table_are_taken_and_bad_ones_come_back(shop: Tenant) -> None:
    peaches, orchard = await offer(), await supplier()
    async with tenants.transaction():
        sku = await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", peaches.variant)

    taken, bad = await import_links(orchard, f"sku,cost\n{sku},18.5\n=cmd,1\n".encode(), by=SU_HE)

    assert (taken, [row.cells[0] for row in bad]) == (1, ["=cmd"])
    assert (await sources_of(peaches))[0].cost_amount == 1_850
    with pytest.raises(InvalidInput):
        await import_links(orchard, b"goods,cost\nx,1\n", by=SU_HE)


async def test_two_suppliers_of_one_name_are_refused(shop: Tenant) -> None:
    await supplier(name="Orchard")

    with pytest.raises(InvalidInput):
        await supplier(name="Orchard")


async def test_another_stores_supplier_is_not_there(shop: Tenant, other_shop: Tenant) -> None:
    orchard = await supplier()

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await suppliers.rows() == []
            with pytest.raises(NotFound):
                await suppliers.find(orchard)
