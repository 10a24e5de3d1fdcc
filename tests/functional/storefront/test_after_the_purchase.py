"""A shopper sends something back, or says what is wrong: with the link of the order, without an account or script."""

from __future__ import annotations

import io
import re
from uuid import UUID

from PIL import Image

import tenants
from app import aftersales, orders
from app.flows.decide_aftersale import approve_aftersale, offer_amount
from tenants import Tenant
from tests.builders_aftersales import ADDRESS, ask, case, delivered_order, lines_of, order_of
from tests.builders_selling import offer, paid_order
from tests.functional.conftest import Visitor, store_address


async def _place(shop: Tenant, order_id: UUID, below: str = "") -> str:
    order = await order_of(order_id)
    return store_address(shop, f"/orders/{order.number}{below}?key={orders.access_key(order_id)}")


async def _asked_by(visitor: Visitor, shop: Tenant, order_id: UUID, **fields: str) -> UUID:
    line = (await lines_of(order_id))[0]
    form = {"kind": "return", "reason": "damaged", "words": "Bitten", f"quantity_{line.id}": "1"} | fields
    page = await _place(shop, order_id, "/aftersales/new")
    answer = await visitor.submit(await _place(shop, order_id, "/aftersales"), form, page=page)
    assert answer.status_code == 303, answer.text
    return UUID(re.findall(r"aftersales/([0-9a-f-]{36})", answer.headers["location"])[0])


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "#8a5a2b").save(file, "JPEG")
    return file.getvalue()


async def test_a_shopper_asks_from_the_page_of_the_order(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order(await offer(price=1000), quantity=2)

    assert "/aftersales/new" in (await visitor.get(await _place(shop, order_id))).text
    aftersale = await _asked_by(visitor, shop, order_id)
    page = await visitor.get(await _place(shop, order_id, f"/aftersales/{aftersale}"))

    assert "The store answers by" in page.text
    assert "Bitten" in page.text
    assert (await case(aftersale)).number in (await visitor.get(await _place(shop, order_id))).text


async def test_nothing_that_is_still_here_can_be_sent_back(shop: Tenant, visitor: Visitor) -> None:
    placed = await paid_order(await offer())

    assert "/aftersales/new" not in (await visitor.get(await _place(shop, placed.order_id))).text
    page = await visitor.get(await _place(shop, placed.order_id, "/aftersales/new"))

    assert "Nothing to send back" in page.text


async def test_a_form_that_says_nothing_is_shown_again(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order()
    line = (await lines_of(order_id))[0]
    page = await _place(shop, order_id, "/aftersales/new")

    for fields in ({f"quantity_{line.id}": "0"}, {f"quantity_{line.id}": "9"}, {"kind": "gift"}):
        form = {"kind": "return", "reason": "damaged", "words": "Kept words", f"quantity_{line.id}": "1"} | fields
        answer = await visitor.submit(await _place(shop, order_id, "/aftersales"), form, page=page)
        assert answer.status_code == 422
        assert "Kept words" in answer.text

    async with tenants.transaction():
        assert await aftersales.of_order(order_id) == []


async def test_the_window_of_the_store_is_said_in_words(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order()
    async with tenants.transaction():
        await aftersales.save_policy(aftersales.Policy(return_days=0))

    page = await visitor.get(await _place(shop, order_id, "/aftersales/new"))

    assert "The time for returns is over" in page.text


async def test_an_offer_is_taken_with_one_button(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order(await offer(price=1000))
    aftersale = await ask(order_id)
    await offer_amount(aftersale, 300, actor="Su He")
    place = await _place(shop, order_id, f"/aftersales/{aftersale}")

    assert "¥3.00" in (await visitor.get(place)).text
    await visitor.submit(await _place(shop, order_id, f"/aftersales/{aftersale}/answer"), {"answer": "yes"}, page=place)

    assert (await case(aftersale)).refunded_amount == 300


async def test_the_parcel_back_gets_its_number(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)
    await approve_aftersale(aftersale, actor="Su He", address=ADDRESS)
    place = await _place(shop, order_id, f"/aftersales/{aftersale}")

    assert ADDRESS in (await visitor.get(place)).text
    form = {"carrier": "SF", "tracking_number": "SF1"}
    await visitor.submit(await _place(shop, order_id, f"/aftersales/{aftersale}/parcel"), form, page=place)

    assert (await case(aftersale)).tracking_number == "SF1"


async def test_a_picture_is_seen_by_those_who_may_open_the_order_and_nobody_else(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)
    place = await _place(shop, order_id, f"/aftersales/{aftersale}")

    answer = await visitor.submit(
        await _place(shop, order_id, f"/aftersales/{aftersale}/messages"), {"words": "See?"}, page=place,
        files={"pictures": ("proof.jpg", picture(), "image/jpeg")},
    )  # fmt: skip

    assert answer.status_code == 303
    async with tenants.transaction():
        (shown,) = await aftersales.pictures_of(aftersale)
    address = await _place(shop, order_id, f"/aftersales/{aftersale}/pictures/{shown.id}")
    assert (await visitor.get(address)).headers["content-type"] == "image/webp"
    assert (await another_visitor.get(address.partition("?")[0])).status_code == 404
    assert (await visitor.get(store_address(shop, f"/media/{shown.storage_key}"))).status_code == 404
    assert "See?" in (await visitor.get(place)).text


async def test_what_is_no_picture_is_said_and_the_words_still_arrive(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)
    place = await _place(shop, order_id, f"/aftersales/{aftersale}")

    await visitor.submit(
        await _place(shop, order_id, f"/aftersales/{aftersale}/messages"), {"words": "Listen"}, page=place,
        files={"pictures": ("proof.jpg", b"<script>", "image/jpeg")},
    )  # fmt: skip

    page = (await visitor.get(place)).text
    assert "Listen" in page
    assert "This is not a JPEG, PNG, WebP or GIF picture." in page


async def test_a_shopper_calls_it_off_and_asks_the_platform(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order(quantity=2)
    first, second = await ask(order_id), await ask(order_id)

    for aftersale, act, form in ((first, "cancellation", {}), (second, "dispute", {"words": "They do not answer."})):
        place = await _place(shop, order_id, f"/aftersales/{aftersale}")
        await visitor.submit(await _place(shop, order_id, f"/aftersales/{aftersale}/{act}"), form, page=place)

    assert (await case(first)).status == "canceled"
    assert (await case(second)).waits_for == "staff"
    assert "The platform decides by" in (await visitor.get(await _place(shop, order_id, f"/aftersales/{second}"))).text


async def test_a_request_of_another_order_is_not_opened_by_this_key(shop: Tenant, visitor: Visitor) -> None:
    mine, theirs = await delivered_order(), await delivered_order()
    aftersale = await ask(theirs)

    answer = await visitor.get(await _place(shop, mine, f"/aftersales/{aftersale}"))

    assert answer.status_code == 404


async def test_every_page_speaks_the_shoppers_language(shop: Tenant, visitor: Visitor) -> None:
    order_id = await delivered_order()
    aftersale = await ask(order_id)
    await visitor.get(store_address(shop, "/locale/zh-Hant"))

    page = await visitor.get(await _place(shop, order_id, f"/aftersales/{aftersale}"))

    assert "待處理" in page.text
