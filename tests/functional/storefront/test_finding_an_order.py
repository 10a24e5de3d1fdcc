"""Somebody without an account finds an order by its number and whole phone, looks at it, and has the link mailed."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

import tenants
from app import orders
from app.flows.find_order import mail_link
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_aftersales import delivered_order, order_of
from tests.functional.conftest import Visitor, store_address


@pytest.fixture(autouse=True)
def reads_english(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"


async def _order(phone: str = "+86 139 1234 5678") -> orders.Order:
    order_id = await delivered_order(await selling.offer(title="Peaches", stock=5))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET phone = $2 WHERE id = $1", order_id, phone)
    return await order_of(order_id)


async def _find(visitor: Visitor, shop: Tenant, number: str, phone: str) -> httpx.Response:
    place = store_address(shop, "/find-order")
    return await visitor.submit(place, {"number": number, "phone": phone}, page=place)


async def test_number_and_phone_lead_to_where_the_parcels_are(shop: Tenant, visitor: Visitor) -> None:
    order = await _order()

    answer = await _find(visitor, shop, f" {order.number.lower()} ", "13912345678")
    page = await visitor.get(store_address(shop, answer.headers["location"]))

    assert answer.status_code == 303
    assert orders.access_key(order.id) not in answer.headers["location"]
    assert page.headers["cache-control"] == "no-store"
    assert "Peaches" in page.text
    assert "Parcel" in page.text
    assert str(order.ship_to["street"]) not in page.text
    assert str(order.ship_to["recipient"]) not in page.text


@pytest.mark.parametrize("phone", ["5678", "13912345679", "", "+8613912345", "139123456780"])
async def test_only_the_whole_phone_counts_and_nobody_learns_what_was_wrong(
    shop: Tenant, visitor: Visitor, phone: str
) -> None:
    order = await _order()

    wrong = await _find(visitor, shop, order.number, phone)
    nobody = await _find(visitor, shop, "T9999999", phone)

    assert (wrong.status_code, nobody.status_code) == (404, 404)
    assert _bare(wrong.text.replace(order.number, "T9999999")) == _bare(nobody.text)


def _bare(text: str) -> str:
    """Without what differs with every page: keys of the form, and nonces."""
    return re.sub(r'(value|nonce|content)="[A-Za-z0-9_-]{20,}"', "", text)


async def test_an_order_without_a_phone_is_found_by_no_phone(shop: Tenant, visitor: Visitor) -> None:
    order = await _order(phone="")
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET ship_to = ship_to - 'phone' WHERE id = $1", order.id)

    assert [(await _find(visitor, shop, order.number, typed)).status_code for typed in ("", "-")] == [404, 404]


async def test_guessing_is_slowed_down_whether_there_is_such_an_order_or_not(shop: Tenant, visitor: Visitor) -> None:
    order = await _order()

    for number in (order.number, "T9999999"):
        answers = [(await _find(visitor, shop, number, "13900000000")).status_code for _try in range(6)]
        assert answers[0] in (404, 429)

    assert answers[-1] == 429


async def test_a_ticket_is_one_browsers_and_ends(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    order, mine = await _order(), new_id()
    ticket = orders.ticket_for(order.id, mine, now())

    assert orders.order_of_ticket(ticket, mine, now()) == order.id
    assert orders.order_of_ticket(ticket, new_id(), now()) is None
    assert orders.order_of_ticket(ticket, mine, now() + orders.TICKET_LIFE + timedelta(seconds=2)) is None
    assert [orders.order_of_ticket(made_up, mine, now()) for made_up in ("", "a.b.c", f"{ticket}x", "..")] == [None] * 4
    elsewhere = await _find(visitor, other_shop, order.number, "13912345678")
    assert elsewhere.status_code == 404
    stolen = await visitor.get(store_address(shop, f"/find-order/{ticket}"))
    assert stolen.status_code == 404


async def test_the_browser_that_ordered_is_led_to_its_own_page(shop: Tenant, visitor: Visitor) -> None:
    order = await _order()
    await _find(visitor, shop, order.number, "13912345678")
    async with tenants.transaction():
        mine: UUID = await tenants.connection().fetchval("SELECT visitor_id FROM shopper_session")
        await tenants.connection().execute("UPDATE orders SET visitor_id = $2 WHERE id = $1", order.id, mine)

    answer = await _find(visitor, shop, order.number, "13912345678")

    assert answer.headers["location"] == f"/orders/{order.number}"


async def test_the_link_goes_to_the_mailbox_of_the_order(shop: Tenant) -> None:
    order = await _order()

    assert await mail_link(order.id)

    async with tenants.transaction():
        row = await tenants.connection().fetchrow("SELECT address, kind, facts FROM message WHERE kind = 'order_link'")
    assert row is not None
    assert row["address"] == order.email
    assert f"key={orders.access_key(order.id)}" in row["facts"]


async def test_the_form_is_linked_from_every_page_and_from_signing_in(shop: Tenant, visitor: Visitor) -> None:
    pages = [(await visitor.get(store_address(shop, path))).text for path in ("/", "/sign-in")]

    assert ['href="/find-order"' in page for page in pages] == [True, True]
