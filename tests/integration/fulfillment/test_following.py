"""A store's own tracking service follows its parcels: told of them once, and asked when it is silent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

import tenants
from app import fulfillment, orders
from app.flows.deliver_parcel import deliver_parcel
from app.flows.follow_parcels import ask_about_parcels, follow_parcels, has_work
from app.kernel.clock import now
from infra import wiring
from infra.carrier.port import CarrierTracking, CarrierUnavailable, TrackedParcel, TrackingNotice
from infra.carrier.simulator.bureau import Bureau
from infra.carrier.simulator.ways import Way
from infra.http import trusted_client
from tenants import Tenant
from tests import invariants
from tests.builders_parcels import followed_by, parcel_of, shipped_order
from tests.builders_selling import offer
from tests.contract.payment.serving import serving

NUMBER = "SF1000000000001"


@pytest.fixture
async def bureau() -> AsyncIterator[Bureau]:
    made = Bureau()
    async with serving(made):
        yield made


@pytest.fixture
async def service(shop: Tenant, bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CarrierTracking]:
    account_id = await followed_by("kuaidi100", bureau.url)
    async with tenants.transaction():
        account = await fulfillment.tracking_account(account_id)
    async with trusted_client() as client:
        monkeypatch.setattr(wiring, "outside", lambda base_url: client)
        yield wiring.tracking_service(account, tenant_id=shop.id)


async def asked(service: CarrierTracking) -> list[TrackingNotice]:
    found = [notice async for notice in ask_about_parcels(service)]
    for notice in found:
        await deliver_parcel(notice, msgspec.json.encode(notice).decode())
    return found


def on_its_way(bureau: Bureau, *steps: str, number: str = NUMBER) -> Way:
    way = Way(number)
    for step in steps:
        way.go(step)
    bureau.ways[number] = way
    return way


async def quiet_for(hours: int, number: str = NUMBER) -> None:
    """As if nobody had said anything about the parcel for so long."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment SET shipped_at = $2, heard_at = NULL, asked_at = NULL WHERE tracking_number = $1",
            number, now() - timedelta(hours=hours),
        )  # fmt: skip


async def test_a_parcel_that_left_is_given_to_the_service_once(service: CarrierTracking, bureau: Bureau) -> None:
    await shipped_order()

    for _ in range(2):
        await follow_parcels(service)

    (subscription,) = bureau.subscriptions.values()
    assert (subscription.times, subscription.url.rpartition("/")[0][-17:]) == (1, "/webhooks/carrier")
    async with tenants.transaction():
        assert not await has_work()


async def test_a_service_that_is_away_is_asked_again(service: CarrierTracking, bureau: Bureau) -> None:
    await shipped_order()
    bureau.faults.append("error")

    with pytest.raises(CarrierUnavailable):
        await follow_parcels(service)
    async with tenants.transaction():
        (account,) = await fulfillment.tracking_accounts()
        waits = await has_work()
    await follow_parcels(service)

    assert waits
    assert not account.healthy
    assert len(bureau.subscriptions) == 1


async def test_a_parcel_the_service_refuses_is_only_asked_about(service: CarrierTracking, bureau: Bureau) -> None:
    """Kuaidi100 wants the receiver's number for this carrier, and this order has none."""
    order_id = await shipped_order()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET phone = '' WHERE id = $1", order_id)

    await follow_parcels(service)
    await follow_parcels(service)
    await quiet_for(7)
    on_its_way(bureau, "in_transit")

    assert bureau.subscriptions == {}
    assert [notice.status for notice in await asked(service)] == ["in_transit"]


async def test_a_silent_parcel_is_asked_about_and_not_again_at_once(service: CarrierTracking, bureau: Bureau) -> None:
    order_id = await shipped_order()
    await follow_parcels(service)
    early = await asked(service)
    on_its_way(bureau, "picked_up", "out_for_delivery")
    await quiet_for(7)

    first, again = await asked(service), await asked(service)

    assert (early, len(first), again, bureau.asked) == ([], 1, [], [NUMBER])
    assert (await parcel_of(order_id)).status == "out_for_delivery"


async def test_the_end_is_told_with_who_took_it(shop: Tenant, service: CarrierTracking, bureau: Bureau) -> None:
    order_id = await shipped_order()
    way = on_its_way(bureau, "in_transit", "delivered")
    await quiet_for(7)

    await asked(service)

    parcel = await parcel_of(order_id)
    assert (parcel.status, parcel.signed_by, parcel.delivered_at) == ("delivered", "门卫", way.steps[-1][0])
    async with tenants.transaction():
        assert (await orders.find(order_id)).status == "completed"
    await invariants.check(shop)


async def test_delivered_is_the_end_whatever_comes_later(service: CarrierTracking, bureau: Bureau) -> None:
    order_id = await shipped_order()
    news = {
        kinds: await _news(service, bureau, *kinds)
        for kinds in [("in_transit",), ("in_transit", "out_for_delivery"), ("in_transit", "delivered")]
    }

    for kinds in reversed(news):
        await deliver_parcel(news[kinds], "{}")
    await deliver_parcel(msgspec.structs.replace(news["in_transit",], notice_id="other", status="exception"), "{}")

    assert (await parcel_of(order_id)).status == "delivered"


async def _news(service: CarrierTracking, bureau: Bureau, *kinds: str) -> TrackingNotice:
    on_its_way(bureau, *kinds)
    notice = await service.query(TrackedParcel("shunfeng", NUMBER, "", "0000"))
    assert notice is not None
    return notice


async def test_two_orders_in_one_parcel_arrive_together(shop: Tenant, service: CarrierTracking, bureau: Bureau) -> None:
    peaches = await offer()
    order_ids = [await shipped_order(peaches) for _ in range(2)]
    on_its_way(bureau, "delivered")
    await quiet_for(7)

    await asked(service)

    assert [(await parcel_of(each)).status for each in order_ids] == ["delivered", "delivered"]
    async with tenants.transaction():
        assert {(await orders.find(each)).status for each in order_ids} == {"completed"}
    await invariants.check(shop)


async def test_without_a_service_nothing_is_asked(shop: Tenant) -> None:
    await shipped_order()

    async with tenants.transaction():
        assert not await has_work()
    await follow_parcels()
