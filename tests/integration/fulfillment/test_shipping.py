"""From paid to delivered with the built-in warehouse over real sockets: every paid order is shipped exactly once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.retry_fulfillment import retry_fulfillment
from app.flows.warehouse_turn import NotYet
from tenants import Tenant
from tests import invariants
from tests.builders_running import Rehearsal, eventually, rehearsing
from tests.builders_selling import offer, order, paid_order, stock_of


@pytest.fixture
async def rehearsal(shop: Tenant, tmp_path: Path) -> AsyncIterator[Rehearsal]:
    async with rehearsing(tmp_path) as found:
        yield found


async def _order(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def _work_order(order_id: UUID) -> fulfillment.WorkOrder:
    async def look() -> Any:
        async with tenants.transaction():
            return await fulfillment.work_orders_of(order_id)

    found = await eventually(look)
    first: fulfillment.WorkOrder = found[0]
    return first


async def _completed(order_id: UUID) -> None:
    async def look() -> bool:
        return (await _order(order_id)).status == "completed"

    await eventually(look)


async def test_a_paid_order_reaches_the_shopper(shop: Tenant, rehearsal: Rehearsal) -> None:
    peaches = await offer(stock=10)

    placed = await paid_order(peaches, quantity=3)
    await _completed(placed.order_id)

    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(placed.order_id)
    assert parcel.status == "delivered"
    assert parcel.tracking_number
    assert [step.status for step in parcel.steps] == ["delivered", "out_for_delivery", "in_transit"]
    assert (await _order(placed.order_id)).fulfillment_status == "delivered"
    assert await stock_of(peaches) == {"on_hand": 7, "reserved": 0, "allocated": 0}
    await invariants.check(shop)


async def test_copies_and_overtaking_callbacks_ship_once(shop: Tenant, rehearsal: Rehearsal) -> None:
    await rehearsal.behave(duplicate=2, shuffle=True, seed=7)
    peaches, honey = await offer(stock=50), await offer(title="Honey", stock=50)

    placed = [await paid_order(peaches, honey, quantity=2) for _ in range(5)]
    for one in placed:
        await _completed(one.order_id)

    for one in placed:
        count = await rehearsal.count(f"{one.number}-1")
        assert count is not None
        assert (count.shipped, count.parcels) == (1, 1)
    assert (await stock_of(peaches))["on_hand"] == 40
    await invariants.check(shop)


async def test_an_order_may_leave_in_two_parcels(shop: Tenant, rehearsal: Rehearsal) -> None:
    await rehearsal.behave(split=True, shuffle=True, duplicate=1, seed=3)
    peaches = await offer(stock=10)

    placed = await paid_order(peaches, quantity=3)
    await _completed(placed.order_id)

    async with tenants.transaction():
        parcels = await fulfillment.parcels_of(placed.order_id)
    assert sorted(sum(parcel.quantities.values()) for parcel in parcels) == [1, 2]
    assert (await _work_order(placed.order_id)).status == "closed"
    assert await stock_of(peaches) == {"on_hand": 7, "reserved": 0, "allocated": 0}


async def test_an_answer_that_got_lost_does_not_ship_twice(shop: Tenant, rehearsal: Rehearsal) -> None:
    await rehearsal.behave(error_after_done_bps=5000, truncate_bps=3000, seed=11)

    placed = [await paid_order() for _ in range(4)]
    for one in placed:
        await _completed(one.order_id)

    for one in placed:
        count = await rehearsal.count(f"{one.number}-1")
        assert count is not None
        assert count.shipped == 1


async def test_an_order_pushed_by_two_workers_at_once_ships_once(shop: Tenant, rehearsal: Rehearsal) -> None:
    placed = await paid_order()
    work_order = await _work_order(placed.order_id)

    await plan_fulfillment(placed.order_id)
    for _ in range(2):
        with suppress(NotYet):  # while the worker's call has no answer, nobody else sends
            await push_fulfillment(work_order.id)
    await _completed(placed.order_id)

    count = await rehearsal.count(work_order.reference)
    assert count is not None
    assert count.shipped == 1


async def test_what_the_warehouse_refuses_waits_for_the_merchant(shop: Tenant, rehearsal: Rehearsal) -> None:
    peaches = await offer()
    sku = f"SKU-{peaches.variant.hex[-6:]}"
    await rehearsal.behave(unknown_skus=(sku,))

    placed = await paid_order(peaches)

    async def held() -> bool:
        return (await _work_order(placed.order_id)).status == "on_hold"

    await eventually(held)
    assert (await _work_order(placed.order_id)).status_reason
    async with tenants.transaction():
        lanes = {lane.name: lane for lane in await fulfillment.lanes()}
        rows = await fulfillment.lane("exceptions")
    assert lanes["exceptions"].count == 1
    assert rows[0].order_id == placed.order_id

    await rehearsal.behave()
    work_order = await _work_order(placed.order_id)
    await retry_fulfillment(work_order.id)
    await retry_fulfillment(work_order.id)
    await _completed(placed.order_id)

    count = await rehearsal.count(work_order.reference)
    assert count is not None
    assert count.shipped == 1
    with pytest.raises(fulfillment.NotRetriable):
        await retry_fulfillment(work_order.id)


async def test_an_unpaid_order_is_not_planned(shop: Tenant) -> None:
    placed = await order()

    await plan_fulfillment(placed.order_id)

    async with tenants.transaction():
        assert await fulfillment.work_orders_of(placed.order_id) == []


async def test_planning_twice_plans_once(shop: Tenant) -> None:
    placed = await paid_order()

    await plan_fulfillment(placed.order_id)
    await plan_fulfillment(placed.order_id)

    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    assert work_order.reference == f"{placed.number}-1"


async def test_another_store_sees_nothing(shop: Tenant, other_shop: Tenant) -> None:
    placed = await paid_order()
    await plan_fulfillment(placed.order_id)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await fulfillment.work_orders_of(placed.order_id) == []
            assert await fulfillment.lane("waiting") == []
