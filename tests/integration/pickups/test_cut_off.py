"""At the cut-off what is paid is counted, point by point: it goes to the warehouse, or the money goes back."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

import tenants
from app import fulfillment, orders, pickups
from app.flows.expire_reservation import expire_reservation
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.run_campaign import close_campaign, settle_campaign
from app.flows.settle_payment import settle_payment
from app.kernel.clock import now
from app.pickups import NoPoint
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_pickups as points
from tests import builders_selling as selling
from tests.invariants import check


async def test_an_order_goes_to_the_point_and_costs_no_delivery(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1200")
    here, buy = await points.point(), await points.community()

    placed = await points.order_at(buy, here, paid=False)

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
    assert order.freight_amount == 0
    assert order.ship_to == {"recipient": "Lin Xiaoya", "phone": "13800000000", **points.ADDRESS}
    assert (await points.pickup_of(placed)).leader == here.leader
    await check(shop)


async def test_a_campaign_may_charge_the_usual_freight(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 1200")
    here, buy = await points.point(), await points.community(terms={"freight": "usual"})

    placed = await points.order_at(buy, here, paid=False)

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).freight_amount == 1200
    await check(shop)


@pytest.mark.parametrize("status", ["pending", "rejected"])
async def test_a_point_the_store_has_not_approved_takes_no_orders(shop: Tenant, status: str) -> None:
    here, buy = await points.point(status=status), await points.community()

    with pytest.raises(NoPoint):
        await points.order_at(buy, here)


async def test_a_point_that_the_campaign_did_not_choose_or_that_closed_takes_no_orders(shop: Tenant) -> None:
    here, other = await points.point(), await points.point()
    buy = await points.community(terms={"points": [str(here.id)]})

    with pytest.raises(NoPoint):
        await points.order_at(buy, other)
    async with tenants.transaction():
        await pickups.open_or_close(here.id, active=False)
    with pytest.raises(NoPoint):
        await points.order_at(buy, here)


async def test_paid_orders_wait_until_the_cut_off_and_are_then_sent_to_the_leader(shop: Tenant) -> None:
    here, buy = await points.point(), await points.community()
    placed = await points.order_at(buy, here)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (before,) = await fulfillment.work_orders_of(placed.order_id)

    await points.cut_off(buy)

    async with tenants.transaction():
        (after,) = await fulfillment.work_orders_of(placed.order_id)
    assert (before.status, after.status) == ("on_hold", "open")
    content = await prepare(after.id)
    assert content is not None
    assert (content.order.receiver.name, content.order.receiver.phone) == ("Aunt Wang", "13900001111")
    assert content.order.remark == "Lake Road 8 #1"
    assert (await campaigns.look(buy.id)).status == "settled"
    await check(shop)


async def test_a_point_below_its_minimum_is_refunded_and_the_others_are_not(shop: Tenant) -> None:
    few, many = await points.point(), await points.point()
    buy = await points.community(terms={"point_orders": 2})
    lonely = await points.order_at(buy, few)
    together = [await points.order_at(buy, many) for _ in range(2)]

    await points.cut_off(buy)

    assert (await campaigns.participation(lonely.order_id)).release_cause == "group_buying.below_minimum"
    assert (await points.pickup_of(lonely)).status == "canceled"
    for one in together:
        assert (await campaigns.participation(one.order_id)).status == "confirmed"
    async with tenants.transaction():
        assert {batch.point: batch.verdict for batch in await pickups.batches_of(buy.id)} == {
            few.id: "failed", many.id: "confirmed",
        }  # fmt: skip
    await check(shop)


async def test_a_campaign_below_its_minimum_refunds_everybody_however_often_it_is_interrupted(shop: Tenant) -> None:
    here, buy = await points.point(), await points.community(terms={"least_orders": 5})
    everybody = [await points.order_at(buy, here) for _ in range(4)]
    await campaigns.end(buy.id)
    await close_campaign(buy.id)

    for _ in range(5):
        await settle_campaign(buy.id)
        await points.run_jobs(most=1)
    await settle_campaign(buy.id)

    assert {(await campaigns.participation(one.order_id)).status for one in everybody} == {"released"}
    assert (await campaigns.look(buy.id)).status == "settled"
    await check(shop)


async def test_a_decision_stands_although_refunds_change_the_figures(shop: Tenant) -> None:
    """One point fails; what is left is below the campaign's minimum then, but it was decided before."""
    few, many = await points.point(), await points.point()
    buy = await points.community(terms={"least_orders": 3, "point_orders": 2})
    await points.order_at(buy, few)
    kept = [await points.order_at(buy, many) for _ in range(2)]
    await campaigns.end(buy.id)
    await close_campaign(buy.id)

    while not await settle_campaign(buy.id):
        await points.run_jobs(most=1)

    assert {(await campaigns.participation(one.order_id)).status for one in kept} == {"confirmed"}
    await check(shop)


async def test_nobody_may_pay_longer_than_the_grace_after_the_cut_off(shop: Tenant) -> None:
    here, buy = await points.point(), await points.community(hours=0.1)

    placed = await points.order_at(buy, here, paid=False)

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
    assert order.expires_at is not None
    assert buy.ends_at is not None
    assert abs(order.expires_at - buy.ends_at - timedelta(minutes=10)) < timedelta(seconds=5)


BACK = """
SELECT one.status, paid.paid_amount,
    (SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE refund.order_id = paid.id) AS back,
    (SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE payment.order_id = paid.id AND status = 'captured')
        AS captured
FROM participation AS one JOIN orders AS paid ON paid.id = one.order_id
"""


async def test_payments_at_the_second_of_the_cut_off_are_in_or_refunded(shop: Tenant) -> None:
    here, buy = await points.point(), await points.community()
    placed = [await points.order_at(buy, here, paid=False) for _ in range(6)]
    tries = [selling.captured(await selling.open_payment(one.order_id)) for one in placed]
    await campaigns.end(buy.id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET expires_at = $1", now())

    await asyncio.gather(
        *(settle_payment(selling.notice(one), body="{}") for one in tries),
        *(expire_reservation(one.order_id, None) for one in placed[::2]),
        close_campaign(buy.id), settle_campaign(buy.id),
    )  # fmt: skip
    for one in placed:
        await expire_reservation(one.order_id, None)
    await points.cut_off(buy)

    async with tenants.transaction():
        found = await tenants.connection().fetch(BACK)
    assert all(row["captured"] for row in found)
    for row in found:
        assert row["back"] == (0 if row["status"] == "confirmed" else row["captured"])
    assert (await campaigns.look(buy.id)).status == "settled"
    await check(shop)


async def test_another_store_knows_nothing_of_points_and_codes(shop: Tenant, other_shop: Tenant) -> None:
    here, buy = await points.point(), await points.community()
    placed = await points.order_at(buy, here)
    code = (await points.pickup_of(placed)).code

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await pickups.points_of() == []
            with pytest.raises(pickups.UnknownCode):
                await pickups.find_by_code(code, here.leader)
