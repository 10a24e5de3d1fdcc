"""Work orders are promised a moment to leave by; a person hears before it is over, and when it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import fulfillment
from app.flows import run_presale
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.watch_promises import watch_promises
from app.fulfillment import trouble
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
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


async def _promised(order_id: UUID) -> datetime | None:
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(order_id)
    return work_order.ship_by


async def test_what_a_campaign_promised_is_due_by_that_day_and_not_by_the_usual_hours(shop: Tenant) -> None:
    zone = ZoneInfo(shop.time_zone)
    today = now().astimezone(zone).date()
    named = await campaigns.campaign(terms={"ships_by": (today + timedelta(days=9)).isoformat()})
    over = await campaigns.campaign(terms={"ships_by": (today - timedelta(days=1)).isoformat()})
    soon, late = await campaigns.join_and_pay(named), await campaigns.join_and_pay(over)
    for placed in (soon, late):
        await plan_fulfillment(placed.order_id)

    due, usual = await _promised(soon.order_id), await _promised(late.order_id)

    assert due == fulfillment.end_of(today + timedelta(days=9), shop.time_zone)
    assert usual is not None
    assert now() < usual < due  # a day that was over when it was paid promises nothing


async def test_a_presale_is_due_on_its_day_from_the_payment_on_and_follows_a_day_that_is_moved(shop: Tenant) -> None:
    sold = await presales.presale_campaign(deposit=0)
    placed = await campaigns.join_and_pay(sold)
    await plan_fulfillment(placed.order_id)
    zone, day = ZoneInfo(shop.time_zone), (await presales.mine(placed.order_id)).ships_at
    assert await _promised(placed.order_id) == fulfillment.end_of(day.astimezone(zone).date(), shop.time_zone)

    later = day + timedelta(days=3)
    await run_presale.move_day_of(placed.order_id, later, reason="rain")
    moved = fulfillment.end_of(later.astimezone(zone).date(), shop.time_zone)
    assert await _promised(placed.order_id) == moved

    await run_presale.bring_forward(placed.order_id)
    assert await _promised(placed.order_id) == moved  # goods that came early are no shorter promise
