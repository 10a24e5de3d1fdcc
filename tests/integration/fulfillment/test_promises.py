"""Work orders are promised a moment to leave by; a person hears before it is over, and when it is."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.watch_promises import watch_promises
from app.fulfillment import trouble
from app.kernel.clock import now
from tenants import Tenant
from tests.builders_selling import offer, paid_order


async def _planned() -> fulfillment.WorkOrder:
    placed = await paid_order(await offer())
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def _due_in(work_order: UUID, hours: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET ship_by = $2 WHERE id = $1", work_order, now() + timedelta(hours=hours)
        )


async def _open() -> dict[str, int]:
    async with tenants.transaction():
        return await fulfillment.open_exceptions()


async def test_a_planned_order_is_promised_at_once(shop: Tenant) -> None:
    work_order = await _planned()

    assert work_order.ship_by is not None
    assert work_order.ship_by > now()


async def test_a_person_is_warned_once_and_told_once(shop: Tenant) -> None:
    work_order = await _planned()
    await watch_promises()
    assert await _open() == {}

    await _due_in(work_order.id, 3)
    await watch_promises()
    await watch_promises()
    assert await _open() == {trouble.SLA_NEAR: 1}

    await _due_in(work_order.id, -1)
    await watch_promises()
    await watch_promises()
    assert await _open() == {trouble.SLA_MISSED: 1}

    async with tenants.transaction():
        await fulfillment.cancel(work_order.id, "not wanted")
    assert await _open() == {}


async def test_what_slipped_through_is_arranged_by_the_clock(shop: Tenant) -> None:
    work_order = await _planned()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET batch = NULL, ship_by = NULL")

    await watch_promises()

    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT batch IS NOT NULL AND ship_by IS NOT NULL AS arranged FROM fulfillment_order WHERE id = $1",
            work_order.id,
        )
    assert row is not None
    assert row["arranged"]
