"""What delivery costs depends on where it goes: shown as far as known, and agreed to before anything is ordered."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

import tenants
from app import freight, orders, store
from tenants import Tenant
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address

HOME = freight.Template(
    None, "Usual", "flat",
    (
        freight.Region(country="CN", areas=("江苏",), first_amount=500, free_from_amount=9900),
        freight.Region(country="CN", areas=("西藏",), delivers=False),
        freight.Region(first_amount=900),
    ),
)  # fmt: skip
ADDRESS = {
    "recipient": "Lin Xiaoya", "phone": "13800000000", "country": "CN", "region": "江苏省", "city": "无锡市",
    "district": "滨湖区", "street": "1 Peach Road", "email": "ya@example.test",
}  # fmt: skip


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no {name}"
    return found[1]


@pytest.fixture
async def shopper(shop: Tenant, visitor: Visitor) -> Any:
    """Somebody with peaches for 43.90 in the cart of a store whose freight depends on the province."""
    async with tenants.transaction():
        await freight.save_template(HOME)
    peaches = await selling.offer(title="Peaches", price=4390)
    await visitor.submit(store_address(shop, "/cart/lines"), {"variant": str(peaches.variant), "quantity": "1"})
    return visitor


async def _send(shopper: Visitor, shop: Tenant, path: str = "/checkout", **changed: str) -> httpx.Response:
    page = (await shopper.get(store_address(shop, "/checkout"))).text
    seen = {name: hidden(page, name) for name in ("_csrf", "cart", "seen_total", "seen_freight")}
    return await shopper.submit(store_address(shop, path), ADDRESS | seen | changed)


async def test_without_an_address_the_usual_freight_is_shown_as_an_estimate(shopper: Visitor, shop: Tenant) -> None:
    for path in ("/cart", "/checkout"):
        page = (await shopper.get(store_address(shop, path))).text
        assert "Delivery, as a rule" in page
        assert "¥9.00" in page
        assert "The address decides" in page


async def test_delivery_is_counted_again_for_the_typed_address_without_ordering(shopper: Visitor, shop: Tenant) -> None:
    answer = await _send(shopper, shop, "/checkout/delivery")

    assert answer.status_code == 200
    assert "Delivery is now counted for this address. The total is ¥48.90." in answer.text
    assert (hidden(answer.text, "seen_total"), hidden(answer.text, "seen_freight")) == ("4890", "500")
    assert 'value="1 Peach Road"' in answer.text
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 0


async def test_an_address_that_changes_the_sum_is_confirmed_before_the_order(shopper: Visitor, shop: Tenant) -> None:
    asked = await _send(shopper, shop)

    assert asked.status_code == 409
    assert "Delivery to this address costs ¥5.00, so the total is ¥48.90." in asked.text
    again = {name: hidden(asked.text, name) for name in ("_csrf", "cart", "seen_total", "seen_freight")}
    placed = await shopper.submit(store_address(shop, "/checkout"), ADDRESS | again)
    assert placed.status_code == 303
    async with tenants.transaction():
        order = await orders.find_by_number(placed.headers["location"].split("/")[2])
    assert (order.freight_amount, order.total_amount) == (500, 4890)


async def test_goods_that_are_not_sent_there_are_named(shopper: Visitor, shop: Tenant) -> None:
    for path in ("/checkout/delivery", "/checkout"):
        answer = await _send(shopper, shop, path, region="西藏自治区")
        assert "Not delivered to this address: Peaches." in answer.text

    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 0


async def test_a_saved_address_decides_at_once(shopper: Visitor, shop: Tenant) -> None:
    register = store_address(shop, "/register")
    form = {"name": "Xiaoya", "email": "ya@example.test", "password": "correct horse", "next": "/account"}
    await shopper.submit(register, form, page=register)
    page = store_address(shop, "/account/addresses")
    kept = {name: value for name, value in ADDRESS.items() if name != "email"}
    await shopper.submit(page, kept | {"is_default": "on"}, page=page)

    cart = (await shopper.get(store_address(shop, "/cart"))).text
    checkout = (await shopper.get(store_address(shop, "/checkout"))).text

    assert "as a rule" not in cart
    assert "¥55.1 more and delivery is free" in cart
    assert hidden(checkout, "seen_freight") == "500"
    assert (await _send(shopper, shop)).status_code == 303


async def test_a_store_with_one_price_asks_nothing_about_the_region(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(price=4390)
    await visitor.submit(store_address(shop, "/cart/lines"), {"variant": str(peaches.variant), "quantity": "1"})

    page = (await visitor.get(store_address(shop, "/checkout"))).text

    assert "Update delivery" not in page
    assert "as a rule" not in page


@pytest.mark.parametrize(
    ("mode", "label", "total"), [("exclusive", "GST", "¥47.85"), ("inclusive", "GST, included", "¥43.90")]
)
async def test_tax_stands_under_its_name_before_and_after_the_order(
    shop: Tenant, visitor: Visitor, mode: store.TaxMode, label: str, total: str
) -> None:
    async with tenants.transaction():
        await store.change_tax(store.TaxTerms(mode=mode, bps=900, name="GST", on_freight=True))
    peaches = await selling.offer(price=4390)
    await visitor.submit(store_address(shop, "/cart/lines"), {"variant": str(peaches.variant), "quantity": "1"})

    checkout = (await visitor.get(store_address(shop, "/checkout"))).text
    placed = await _send(visitor, shop)
    page = (await visitor.get(store_address(shop, "/orders/" + placed.headers["location"].split("/")[2]))).text

    for text in (checkout, page):
        assert f"<dt>{label}</dt>" in text
        assert total.removeprefix("¥") in re.sub(r"<[^>]+>", "", text)


async def test_the_product_and_the_stores_own_page_say_what_delivery_costs(shopper: Visitor, shop: Tenant) -> None:
    plums = await selling.offer(title="Plums", price=1000)

    product = (await shopper.get(store_address(shop, f"/products/{plums.handle}"))).text
    about = (await shopper.get(store_address(shop, "/about"))).text

    assert "from ¥9" in product
    assert "江苏:</b> ¥5; free from ¥99 of goods" in about
    assert "西藏:</b> Not delivered" in about
    assert "Everywhere else:</b> ¥9" in about
