"""A shopper orders from a list whose leader hands out: no postal address, no freight, and the order says where."""

from __future__ import annotations

import re

import httpx

import tenants
from app import orders
from app.flows import hand_out
from app.flows.end_participation import confirm_member
from app.orders import access_key
from app.pickups import codes
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_pickups as points
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import SEEN, hidden
from tests.invariants import check

WHO = {"recipient": "Lin Xiaoya", "phone": "13800000000", "email": "ya@example.test", "pickup": "true", "country": "CN"}


async def _checkout(shop: Tenant, visitor: Visitor, **terms: str) -> str:
    """The page on which a unit of a new list is ordered."""
    visitor.cookies.set("lang", "en")
    chain = await chains.chain(terms=terms)
    item = await campaigns.item(chain.id)
    page = store_address(shop, f"/campaigns/{chain.code}/join")
    joined = await visitor.submit(page, {f"units_{item.variant}": "1"}, page=page.removesuffix("/join"))
    return (await visitor.get(store_address(shop, joined.headers["Location"]))).text


async def _order(shop: Tenant, visitor: Visitor, checkout: str, **typed: str) -> httpx.Response:
    form = WHO | typed | {name: hidden(checkout, name) for name in SEEN if f'name="{name}"' in checkout}
    return await visitor.submit(store_address(shop, "/checkout"), form)


async def _ordered(answer: httpx.Response) -> orders.Order:
    number = re.match(r"/orders/(\w+)", answer.headers["Location"])
    assert number
    async with tenants.transaction():
        return await orders.find_by_number(number[1])


async def test_what_is_collected_from_the_leader_asks_for_no_street(shop: Tenant, visitor: Visitor) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 900")
    checkout = await _checkout(shop, visitor, delivery="pickup", place="Gate 3, Thursday")

    order = await _ordered(await _order(shop, visitor, checkout))

    assert 'name="street"' not in checkout
    assert "Gate 3, Thursday" in checkout
    assert order.ship_to == {
        "recipient": "Lin Xiaoya", "phone": "13800000000", "country": "CN", "street": "Gate 3, Thursday",
    }  # fmt: skip
    assert order.freight_amount == 0
    await check(shop)


async def test_what_is_brought_around_asks_for_the_door_only(shop: Tenant, visitor: Visitor) -> None:
    checkout = await _checkout(shop, visitor, delivery="local", place="Lake Garden")

    without = await _order(shop, visitor, checkout, local="true")
    order = await _ordered(await _order(shop, visitor, checkout, local="true", street="Building 3, 1201"))

    assert 'name="street"' in checkout
    assert 'name="region"' not in checkout
    assert without.status_code == 422
    assert "Enter the street, the building and the unit." in without.text
    assert (order.ship_to["street"], order.freight_amount) == ("Building 3, 1201", 0)
    page = (await visitor.get(store_address(shop, f"/orders/{order.number}"))).text
    assert "Brought around to" in page
    await check(shop)


async def test_saying_that_it_is_brought_around_spares_nobody_the_address_of_a_parcel(
    shop: Tenant, visitor: Visitor
) -> None:
    checkout = await _checkout(shop, visitor, delivery="express")

    answer = await _order(shop, visitor, checkout, local="true", street="Building 3, 1201")

    assert answer.status_code == 422


async def test_the_order_shows_its_number_its_code_and_that_it_was_handed_out(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    lin = await chains.leader()
    chain = await chains.chain(lin, terms={"delivery": "pickup", "place": "Gate 3", "ships": "confirmed"})
    placed = await campaigns.join_and_pay(chain)
    address = store_address(shop, f"/orders/{placed.number}?key={access_key(placed.order_id)}")

    waiting = (await visitor.get(address)).text
    await confirm_member(placed.order_id)
    ready = (await visitor.get(address)).text
    await hand_out.hand_out_of_list(lin.id, chain.id, placed.order_id)
    after = (await visitor.get(address)).text

    code = codes.in_groups((await points.pickup_of(placed)).code)
    assert "List closed" in waiting
    assert "Paid, the leader hands it out" in ready
    assert code in ready
    assert "Pick up at" in ready
    assert code not in after
    assert "Handed out on" in after
