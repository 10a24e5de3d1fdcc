"""A shopper orders from a community list, without an address, and picks it up with a code."""

from __future__ import annotations

import re

import httpx

import tenants
from app import orders
from app.orders import access_key
from app.pickups import Point, codes
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_pickups as points
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import SEEN, hidden
from tests.invariants import check

WHO = {"recipient": "Lin Xiaoya", "phone": "13800000000", "email": "ya@example.test", "pickup": "true", "country": "CN"}


async def _join(shop: Tenant, visitor: Visitor, code: str, here: Point | None) -> httpx.Response:
    async with tenants.transaction():
        variant = await tenants.connection().fetchval("SELECT variant FROM campaign_item")
    page = store_address(shop, f"/campaigns/{code}")
    return await visitor.submit(f"{page}/join", {f"units_{variant}": "2"} | ({"point": str(here.id)} if here else {}))


async def _place(shop: Tenant, visitor: Visitor, joined: httpx.Response) -> orders.Order:
    checkout = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
    form = WHO | {name: hidden(checkout, name) for name in SEEN if f'name="{name}"' in checkout}
    placed = await visitor.submit(store_address(shop, "/checkout"), form)
    assert placed.status_code == 303, placed.text
    number = re.match(r"/orders/(\w+)", placed.headers["Location"])
    assert number
    async with tenants.transaction():
        return await orders.find_by_number(number[1])


async def test_from_the_list_to_an_order_without_a_street(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    here, buy = await points.point(), await points.community()
    assert "Lake Road 8" in (await visitor.get(store_address(shop, f"/campaigns/{buy.code}"))).text

    joined = await _join(shop, visitor, buy.code, here)
    checkout = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
    order = await _place(shop, visitor, joined)

    assert 'name="street"' not in checkout
    assert "Lake Road 8" in checkout
    assert order.ship_to == {"recipient": "Lin Xiaoya", "phone": "13800000000", **points.ADDRESS}
    await check(shop)


async def test_without_a_point_the_list_says_so(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    await points.point(name="One")
    await points.point(name="Two")
    buy = await points.community()

    answer = await _join(shop, visitor, buy.code, None)

    assert answer.headers["Location"] == f"/campaigns/{buy.code}"
    assert (
        "Choose where you want to pick it up" in (await visitor.get(store_address(shop, f"/campaigns/{buy.code}"))).text
    )


async def test_saying_that_it_is_picked_up_spares_nobody_the_address_of_a_parcel(
    shop: Tenant, visitor: Visitor
) -> None:
    sale = await campaigns.campaign()
    async with tenants.transaction():
        variant = await tenants.connection().fetchval("SELECT variant FROM campaign_item")
    joined = await visitor.submit(store_address(shop, f"/campaigns/{sale.code}/join"), {f"units_{variant}": "1"})
    checkout = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
    form = WHO | {name: hidden(checkout, name) for name in SEEN if f'name="{name}"' in checkout}

    answer = await visitor.submit(store_address(shop, "/checkout"), form)

    assert answer.status_code == 422


async def test_the_point_is_remembered(shop: Tenant, visitor: Visitor) -> None:
    _one, two = await points.point(name="One"), await points.point(name="Two")
    buy = await points.community()
    await _place(shop, visitor, await _join(shop, visitor, buy.code, two))

    page = (await visitor.get(store_address(shop, f"/campaigns/{buy.code}"))).text

    assert re.search(rf'value="{two.id}" required checked', page)


async def test_the_order_shows_its_code_and_a_picture_of_it_to_nobody_else(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    here, buy = await points.point(), await points.community()
    placed = await points.order_at(buy, here)
    await points.cut_off(buy)
    address = store_address(shop, f"/orders/{placed.number}")
    key = {"key": access_key(placed.order_id)}

    page = await visitor.get(address, params=key)
    picture = await visitor.get(f"{address}/pickup.svg", params=key)

    assert codes.in_groups((await points.pickup_of(placed)).code) in page.text
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
    assert (await another_visitor.get(f"{address}/pickup.svg")).status_code == 404
