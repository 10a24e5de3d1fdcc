"""A merchant who packs himself: orders wait on his own pages until he says that they left, and nobody is called."""

from __future__ import annotations

from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders
from app.flows.merchant_acts import Actor
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.ship_by_hand import ship_by_hand
from app.flows.stop_work_order import ask_to_stop, stop_at_warehouse
from app.flows.work_order_steps import TooLateToStop
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import invariants
from tests.builders_selling import offer, paid_order

LIN = Actor(new_id(), "Lin")


@pytest.fixture(autouse=True)
async def own_shelf(shop: Tenant) -> None:
    """The store's only warehouse is its own back room."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET adapter = 'by_hand', base_url = '', app_key = ''")


async def at_the_shelf(quantity: int = 2) -> tuple[UUID, fulfillment.WorkOrder]:
    """A paid order that was pushed."""
    placed = await paid_order(await offer(stock=10), quantity=quantity)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    await push_fulfillment(work_order.id)
    return placed.order_id, work_order


async def state_of(work_order: fulfillment.WorkOrder) -> str:
    async with tenants.transaction():
        return (await fulfillment.find(work_order.id)).status


async def test_a_paid_order_waits_at_once_and_leaves_when_the_merchant_says_so(shop: Tenant) -> None:
    order_id, work_order = await at_the_shelf()
    waiting = await state_of(work_order)

    shipped = [await ship_by_hand(work_order.reference, "顺丰速运", "SF1234567890", actor=LIN) for _press in range(2)]

    async with tenants.transaction():
        order = await orders.find(order_id)
        (parcel,) = await fulfillment.parcels_of(order_id)
    assert waiting == "accepted"
    assert shipped == [True, False]
    assert (order.fulfillment_status, await state_of(work_order)) == ("fulfilled", "closed")
    assert parcel.tracking_number == "SF1234567890"
    await invariants.check(shop)


async def test_what_has_not_left_can_be_taken_back(shop: Tenant) -> None:
    _order_id, work_order = await at_the_shelf()

    at_once = await ask_to_stop(work_order.id, "cancel", {}, actor="Lin")
    await stop_at_warehouse(work_order.id)

    assert not at_once
    assert await state_of(work_order) == "canceled"
    await invariants.check(shop)


async def test_what_has_left_is_not_taken_back(shop: Tenant) -> None:
    _order_id, work_order = await at_the_shelf()
    await ship_by_hand(work_order.reference, "SF", "SF1234567891", actor=LIN)

    with pytest.raises(TooLateToStop):
        await ask_to_stop(work_order.id, "cancel", {}, actor="Lin")

    assert await state_of(work_order) == "closed"


async def test_a_push_that_was_interrupted_is_simply_done_again(shop: Tenant) -> None:
    placed = await paid_order(await offer(stock=3))
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.mark_asked(work_order.id)

    await push_fulfillment(work_order.id)

    assert await state_of(work_order) == "accepted"


async def test_nobody_is_asked_at_night_about_what_we_pack_ourselves(shop: Tenant) -> None:
    _order_id, work_order = await at_the_shelf()
    async with tenants.transaction():
        database = tenants.connection()
        await database.execute("UPDATE fulfillment_order SET updated_at = $1", now().replace(year=2020))
        ours = await fulfillment.to_ask_about(None, 10)
        await database.execute("UPDATE warehouse SET adapter = 'jushuitan'")
        theirs = await fulfillment.to_ask_about(None, 10)

    assert ours == []
    assert [one.id for one in theirs] == [work_order.id]
