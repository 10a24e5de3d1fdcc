"""A shopper without JavaScript looks around, fills a cart and orders."""

from __future__ import annotations

import re
from typing import Any

import brotli
import httpx

import tenants
from app import orders
from app.kernel.assets import assets
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address

ADDRESS = {
    "recipient": "Lin Xiaoya", "phone": "13800001111", "country": "CN", "region": "Jiangsu", "city": "Wuxi",
    "district": "Binhu", "street": "1 Peach Road", "email": "ya@example.test", "payment": "online", "note": "",
}  # fmt: skip


async def _add(visitor: Visitor, shop: Tenant, offer: selling.Offer, then: str = "stay") -> httpx.Response:
    form = {"product": offer.handle, "quantity": "1", "then": then}
    return await visitor.submit(store_address(shop, "/cart/lines"), form)


def _hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, name
    return found[1]


async def _order(visitor: Visitor, shop: Tenant, **changes: Any) -> httpx.Response:
    address = store_address(shop, "/checkout")
    page = (await visitor.get(address)).text
    form = ADDRESS | {"cart": _hidden(page, "cart"), "seen_total": _hidden(page, "seen_total")} | changes
    return await visitor.submit(address, form, page=address)


async def test_looking_around_leaves_no_cookie_and_weighs_little(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=4390)
    files = [assets().find(assets().names[name]) for name in ("storefront.css", "app.js", "htmx.js")]
    weight = sum(len(file.br) for file in files if file and file.br)

    for path in ("/", "/categories", f"/products/{peaches.handle}", "/search?q=peach"):
        page = await visitor.get(store_address(shop, path))
        assert page.status_code == 200, path
        assert "set-cookie" not in page.headers, path
        assert weight + len(brotli.compress(page.content)) <= 40_000, path
    assert "43.9" in page.text or "Peaches" in page.text


async def test_what_nobody_sells_is_searched_in_vain(shop: Tenant, visitor: Visitor) -> None:
    await selling.offer(title="Peaches")

    page = await visitor.get(store_address(shop, "/search?q=submarine"))

    assert "Nothing found" in page.text


async def test_a_draft_has_no_page(shop: Tenant, visitor: Visitor) -> None:
    draft = await selling.offer(status="draft")

    assert (await visitor.get(store_address(shop, f"/products/{draft.handle}"))).status_code == 404


async def test_a_line_is_changed_removed_and_brought_back(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(price=4390)
    cart = store_address(shop, "/cart")
    await _add(visitor, shop, peaches)

    changes = store_address(shop, "/cart/changes")
    await visitor.submit(changes, {"variant": str(peaches.variant), "quantity": "2"}, page=cart)
    assert "87.8" in (await visitor.get(cart)).text
    gone = await visitor.submit(changes, {"variant": str(peaches.variant), "quantity": "0"}, page=cart)
    after = await visitor.get(httpx.URL(cart).join(gone.headers["location"]))
    assert "Undo" in after.text
    await visitor.submit(
        store_address(shop, "/cart/lines"), {"variant": _hidden(after.text, "variant"), "quantity": "2"}
    )

    assert "87.8" in (await visitor.get(cart)).text
    assert (await visitor.get(store_address(shop, "/visit.json"))).json()["cart_count"] == 2


async def test_more_than_there_is_cannot_be_put_into_the_cart(shop: Tenant, visitor: Visitor) -> None:
    scarce = await selling.offer(title="Peaches", stock=1)
    await _add(visitor, shop, scarce)

    answer = await _add(visitor, shop, scarce)

    page = await visitor.get(httpx.URL(store_address(shop)).join(answer.headers["location"]))
    assert "Only 1 left of Peaches" in page.text


async def test_an_order_is_placed_and_leads_on_to_pay(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(price=4390)
    bought = await _add(visitor, shop, peaches, then="checkout")
    assert bought.headers["location"] == "/checkout"

    answer = await _order(visitor, shop)

    assert answer.status_code == 303
    number = answer.headers["location"].split("/")[2]
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    assert (order.total_amount, order.awaits_payment) == (4390, True)
    page = await visitor.get(store_address(shop, f"/orders/{number}"))
    assert number in page.text
    assert "Waiting for payment" in page.text
    assert (await visitor.get(store_address(shop, "/cart"))).text.count("cartline") == 0


async def test_a_form_with_a_hole_keeps_what_was_typed(shop: Tenant, visitor: Visitor) -> None:
    await _add(visitor, shop, await selling.offer())

    answer = await _order(visitor, shop, phone="12", recipient="Lin Xiaoya")

    assert answer.status_code == 422
    assert "courier needs a phone number" in answer.text
    assert 'value="Lin Xiaoya"' in answer.text


async def test_a_new_price_is_shown_before_anything_is_ordered(shop: Tenant, visitor: Visitor) -> None:
    await _add(visitor, shop, await selling.offer(price=4390))

    answer = await _order(visitor, shop, seen_total="100")

    assert answer.status_code == 409
    assert "43.90" in answer.text
    assert _hidden(answer.text, "seen_total") == "4390"


async def test_an_order_page_opens_for_its_owner_and_its_key_only(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    await _add(visitor, shop, await selling.offer())
    where = (await _order(visitor, shop)).headers["location"]
    number, key = where.split("/")[2], where.partition("key=")[2]

    address = store_address(shop, f"/orders/{number}")
    assert (await visitor.get(address)).status_code == 200
    assert (await another_visitor.get(address)).status_code == 404
    assert (await another_visitor.get(f"{address}?key=wrong")).status_code == 404
    assert (await another_visitor.get(f"{address}?key={key}")).status_code == 200


async def test_an_order_is_called_off_by_its_owner(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(stock=1)
    await _add(visitor, shop, peaches)
    number = (await _order(visitor, shop)).headers["location"].split("/")[2]
    page = store_address(shop, f"/orders/{number}")

    await visitor.submit(f"{page}/cancellation", page=page)

    assert "Canceled" in (await visitor.get(page)).text
    assert await selling.stock_of(peaches) == {"on_hand": 1, "reserved": 0, "allocated": 0}


async def test_coming_back_from_paying_waits_for_the_providers_word(shop: Tenant, visitor: Visitor) -> None:
    await _add(visitor, shop, await selling.offer())
    number = (await _order(visitor, shop)).headers["location"].split("/")[2]

    page = await visitor.get(store_address(shop, f"/orders/{number}/paid-return"))

    assert page.status_code == 200
    assert 'http-equiv="refresh"' in page.text


async def test_an_account_keeps_the_cart_and_lists_the_orders(shop: Tenant, visitor: Visitor) -> None:
    await _add(visitor, shop, await selling.offer(title="Peaches"))
    form = {"name": "Xiaoya", "email": "Ya@Example.test", "password": "correct horse", "next": "/account"}
    register = store_address(shop, "/register")

    answer = await visitor.submit(register, form, page=register)
    assert answer.headers["location"] == "/account"
    number = (await _order(visitor, shop)).headers["location"].split("/")[2]
    account = (await visitor.get(store_address(shop, "/account"))).text

    assert "Xiaoya" in account
    assert number in account


async def test_a_wrong_password_says_no_more_than_that(shop: Tenant, visitor: Visitor) -> None:
    page = store_address(shop, "/sign-in")

    answer = await visitor.submit(
        page, {"email": "nobody@example.test", "password": "x", "next": "/account"}, page=page
    )

    assert answer.status_code == 422
    assert "do not belong together" in answer.text


async def test_addresses_are_saved_and_used_at_checkout(shop: Tenant, visitor: Visitor) -> None:
    register = store_address(shop, "/register")
    form = {"name": "Xiaoya", "email": "ya@example.test", "password": "correct horse", "next": "/account"}
    await visitor.submit(register, form, page=register)
    page = store_address(shop, "/account/addresses")
    kept = {name: value for name, value in ADDRESS.items() if name not in ("email", "payment", "note")}

    await visitor.submit(page, kept | {"is_default": "on"}, page=page)
    await _add(visitor, shop, await selling.offer())

    assert "1 Peach Road" in (await visitor.get(page)).text
    assert 'value="1 Peach Road"' in (await visitor.get(store_address(shop, "/checkout"))).text


async def test_a_signed_in_shopper_may_keep_the_address_of_an_order(shop: Tenant, visitor: Visitor) -> None:
    register = store_address(shop, "/register")
    form = {"name": "Xiaoya", "email": "ya@example.test", "password": "correct horse", "next": "/account"}
    await visitor.submit(register, form, page=register)
    await _add(visitor, shop, await selling.offer())

    checkout = (await visitor.get(store_address(shop, "/checkout"))).text
    await _order(visitor, shop, remember="true")

    assert "Sign in to use a saved address" not in checkout
    assert 'name="remember"' in checkout
    assert "1 Peach Road" in (await visitor.get(store_address(shop, "/account/addresses"))).text


async def test_another_shop_knows_nothing_of_the_cart(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer()
    await _add(visitor, shop, peaches)

    assert (await visitor.get(store_address(other_shop, "/visit.json"))).json()["cart_count"] == 0
    assert (await visitor.get(store_address(other_shop, f"/products/{peaches.handle}"))).status_code == 404


async def test_every_language_has_its_own_words(shop: Tenant, visitor: Visitor) -> None:
    for locale, word in (("zh-Hans", "购物车"), ("zh-Hant", "購物車"), ("en", "Cart")):
        await visitor.get(store_address(shop, f"/locale/{locale}"))
        page = await visitor.get(store_address(shop, "/cart"))
        assert word in page.text
        assert f'lang="{locale}"' in page.text
