"""Parcels that take too long are put into the queue of exceptions once, told of once, and leave it when they move."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.deliver_parcel import deliver_parcel
from app.flows.late_parcels import look_for_late_parcels
from app.fulfillment import ShippingRules
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.carrier.port import Checkpoint, TrackingNotice, TrackingStatus
from tenants import Tenant
from tests.builders_parcels import parcel_of, shipped_order

NUMBER = "SF1000000000001"


async def news(status: TrackingStatus, *, hours_ago: int) -> None:
    at = now() - timedelta(hours=hours_ago)
    await deliver_parcel(
        TrackingNotice(new_id().hex, "shunfeng", NUMBER, status, at, (Checkpoint(at, f"{status} {at}", status),)), "{}"
    )


async def queue() -> list[tuple[str, str]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT kind, params->>'reason' AS reason FROM fulfillment_exception WHERE status = 'open' ORDER BY kind"
        )
    return [(row["kind"], row["reason"]) for row in rows]


async def left(hours_ago: int) -> UUID:
    return await shipped_order(number=NUMBER, at=now() - timedelta(hours=hours_ago))


async def test_a_parcel_nobody_fetched_is_late(shop: Tenant) -> None:
    await left(49)

    assert await look_for_late_parcels() == 1
    assert await look_for_late_parcels() == 0
    assert await queue() == [("parcel_delayed", "not_fetched")]


@pytest.mark.parametrize(
    ("status", "hours_ago", "found"),
    [
        ("in_transit", 71, []),
        ("in_transit", 73, [("parcel_stuck", "lies_still")]),
        ("out_for_delivery", 47, []),
        ("out_for_delivery", 49, [("parcel_delayed", "at_the_door")]),
        ("in_transit", 16 * 24, [("parcel_lost", "lost")]),
    ],
)
async def test_how_long_is_too_long(
    shop: Tenant, status: TrackingStatus, hours_ago: int, found: list[tuple[str, str]]
) -> None:
    await left(hours_ago + 5)
    await news(status, hours_ago=hours_ago)

    await look_for_late_parcels()

    assert await queue() == found


async def test_a_parcel_that_moves_again_leaves_the_queue(shop: Tenant) -> None:
    order_id = await left(100)
    await news("in_transit", hours_ago=80)
    await look_for_late_parcels()
    late = await queue()

    await news("in_transit", hours_ago=1)
    await look_for_late_parcels()

    assert late == [("parcel_stuck", "lies_still")]
    assert await queue() == []
    assert (await parcel_of(order_id)).status == "in_transit"


async def test_what_somebody_resolved_is_not_raised_until_it_moved(shop: Tenant) -> None:
    await left(100)
    await news("in_transit", hours_ago=80)
    await look_for_late_parcels()
    async with tenants.transaction():
        exception = await tenants.connection().fetchval("SELECT id FROM fulfillment_exception")
        await fulfillment.resolve_exception(exception, by="Mei", note="asked the carrier")

    assert await look_for_late_parcels() == 0
    assert await queue() == []


async def test_the_shopper_is_told_once_and_only_if_the_shop_wants(shop: Tenant) -> None:
    await left(100)
    await look_for_late_parcels()
    await news("in_transit", hours_ago=80)
    await look_for_late_parcels()
    async with tenants.transaction():
        told = await tenants.connection().fetch("SELECT kind, facts FROM message")
        await fulfillment.save_shipping_rules(ShippingRules(tells_shopper=False))
        await tenants.connection().execute("UPDATE fulfillment SET told_at = NULL")
        await tenants.connection().execute("DELETE FROM fulfillment_exception")
    await look_for_late_parcels()

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM message") == 1
    assert [row["kind"] for row in told] == ["parcel_late"]
    assert "/parcels/" in told[0]["facts"]


async def test_a_parcel_nobody_tells_us_of_cannot_be_late(shop: Tenant) -> None:
    await left(100)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET carrier_salt_sealed = ''")

    assert await look_for_late_parcels() == 0


async def test_carriers_are_compared_by_what_arrived_in_time(shop: Tenant) -> None:
    await left(30)
    await news("delivered", hours_ago=1)
    await shipped_order(number="SF2", at=now() - timedelta(hours=10))

    async with tenants.transaction():
        (figures,) = await fulfillment.carrier_figures(now() - timedelta(days=30), ShippingRules())
        (strict,) = await fulfillment.carrier_figures(now() - timedelta(days=30), ShippingRules(on_time_days=1))

    assert (figures.carrier, figures.parcels, figures.arrived, figures.in_time_bps) == ("顺丰速运", 2, 1, 10_000)
    assert (strict.in_time, figures.median_hours) == (0, 29)
