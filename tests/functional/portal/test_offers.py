"""A promoter shares an offer of a network, shoppers follow it by our own path, and its orders are earned."""

from __future__ import annotations

import msgspec

import tenants
from app import external_sales
from tenants import Tenant
from tests import builders_elsewhere as build
from tests.functional.conftest import Visitor, own_address, store_address
from tests.functional.portal.test_hosting import _approved
from tests.invariants import check_promoters


def _host(path: str) -> str:
    return own_address("host", path)


async def test_an_offer_is_shared_followed_and_earned(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    visitor.cookies.set("lang", "en")
    with tenants.bind(shop):
        offer = await build.offer()

    await visitor.submit(_host(f"/offers/{offer}/link"), {}, page=_host("/offers"))
    await visitor.submit(_host(f"/offers/{offer}/link"), {}, page=_host("/offers"))
    with tenants.bind(shop):
        async with tenants.transaction():
            (slot,) = await external_sales.slots()
    followed = await visitor.get(store_address(shop, f"/o/{slot}?subid=evil&to=https://evil.example/"))
    with tenants.bind(shop):
        said = build.fact(
            platform="cps", order_number="J1", line_key="1", offer=offer, sharer=slot, sku_code="", sale_amount=19_900,
            base_amount=1_990,
        )  # fmt: skip
        await build.seen(said)
        await build.settled()
        first = await build.kept()
        await build.seen(
            msgspec.structs.replace(said, status="received", received_at=build.hours_ago(0), sharer_final=True)
        )
        await build.settled()
        then = await build.kept()
        await check_promoters(shop)
    earnings = (await visitor.get(_host("/earnings"))).text

    assert (followed.status_code, followed.headers["location"]) == (302, f"https://u.jd.com/kettle?x=1&subid={slot}")
    assert f"/o/{slot}" in (await visitor.get(_host("/offers"))).text
    assert [one[1:] for one in first] == [("estimated", 995)]
    assert [one[1:] for one in then] == [("frozen", 995)]
    assert "Networks · J1" in earnings
    assert me.name == then[0][0]


async def test_a_paused_or_unknown_offer_leads_nowhere_and_not_to_another_host(shop: Tenant, visitor: Visitor) -> None:
    me = await _approved(shop, visitor)
    with tenants.bind(shop):
        offer = await build.offer()
        async with tenants.transaction():
            slot = await external_sales.take_slot(offer, me.id)
            await external_sales.switch_offer(offer, "paused")
        paused = await visitor.get(store_address(shop, f"/o/{slot.slot}"))
        async with tenants.transaction():
            await external_sales.switch_offer(offer, "open")
            await tenants.connection().execute("UPDATE cps_offer SET landing_url = 'https://evil.example/'")
        astray = await visitor.get(store_address(shop, f"/o/{slot.slot}"))

    unknown = await visitor.get(store_address(shop, "/o/zzzzzzzzzz"))
    assert [each.status_code for each in (paused, astray, unknown)] == [404, 409, 404]
    assert all("location" not in each.headers for each in (paused, astray, unknown))
