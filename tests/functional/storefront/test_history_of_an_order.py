"""The history of an order tells what became of a return; the shopper reads no names of the store's people."""

from __future__ import annotations

import tenants
from app import orders
from app.flows.decide_aftersale import approve_aftersale, offer_amount
from app.flows.refund_aftersale import refund_aftersale
from app.flows.return_goods import receive_return
from app.flows.talk_about_aftersale import talk_about_aftersale
from tenants import Tenant
from tests.builders_aftersales import ADDRESS, ask, case, delivered_order, order_of
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import offer
from tests.functional.conftest import Visitor, store_address


async def _told_return(visitor: Visitor) -> tuple[str, str]:
    """The number of the order and of a return that ended with less money."""
    visitor.headers["Accept-Language"] = "en"
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id)
    await talk_about_aftersale(aftersale, side="shopper", name="Lin", words="Is there news?")
    await talk_about_aftersale(aftersale, side="merchant", name="Su He", words="We look at it today.")
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    await refund_aftersale(aftersale, 600, actor="Su He", words="One was bitten.")
    return (await order_of(order_id)).number, (await case(aftersale)).number


async def test_the_store_reads_every_step_and_message_of_a_return(shop: Tenant, visitor: Visitor) -> None:
    order, number = await _told_return(visitor)
    await sign_in(visitor, await staff_of(shop, "manager"))

    page = (await visitor.get(admin(f"/orders/{order}/timeline"))).text

    for words in (
        f"Return {number}: The shopper asked", f"Return {number}: The store agreed", "Su He", "Is there news?",
        "We look at it today.", "Message to the shopper", "Message to the store", "One was bitten.",
        f"To the shopper: Your request {number} is approved · On the page only", f"Return {number}</small>",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("The store agreed") == 1


async def test_the_shopper_reads_what_concerns_her(shop: Tenant, visitor: Visitor) -> None:
    order, number = await _told_return(visitor)
    async with tenants.transaction():
        found = await orders.find_by_number(order)

    page = (await visitor.get(store_address(shop, f"/orders/{order}/timeline?key={orders.access_key(found.id)}"))).text

    for words in (
        f"Return {number}: You asked",
        f"Return {number}: The store agreed",
        "We look at it today.",
        "Message to you",
        "One was bitten.",
    ):
        assert words in page, words
    for words in ("Su He", "Message to the store", "On the page only"):
        assert words not in page, words


async def test_the_page_of_a_request_names_the_store_and_not_its_people(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id)
    await offer_amount(aftersale, 300, actor="Su He", words="Keep them and take this.")
    order = await order_of(order_id)
    place = f"/orders/{order.number}/aftersales/{aftersale}?key={orders.access_key(order_id)}"

    page = (await visitor.get(store_address(shop, place))).text

    assert "Keep them and take this." in page
    assert "Su He" not in page
    assert f"<b>{shop.name}</b>" in page


async def test_a_shopper_disputes_the_difference_of_a_smaller_refund(shop: Tenant, visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    await receive_return(aftersale, actor="Su He")
    await refund_aftersale(aftersale, 600, actor="Su He", words="One was bitten.")
    order = await order_of(order_id)
    key = f"?key={orders.access_key(order_id)}"
    place = store_address(shop, f"/orders/{order.number}/aftersales/{aftersale}")

    before = (await visitor.get(place + key)).text
    answer = await visitor.submit(f"{place}/dispute{key}", {"words": "It was whole."}, page=place + key)
    after = (await visitor.get(place + key)).text

    assert "the platform decides about the ¥4.00 in between" in before
    assert answer.status_code == 303
    assert "The platform decides by" in after
    assert "¥4.00" in after
