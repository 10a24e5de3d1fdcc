"""A shopper pays with a gift card and looks up what is left on it."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

import tenants
from app import orders
from app.kernel import limits
from tenants import Tenant
from tests import builders_selling as selling
from tests import builders_wallets as build
from tests.functional.conftest import Visitor, store_address
from tests.invariants import check

ADDRESS = {
    "recipient": "林晓雅", "phone": "13800000000", "country": "CN", "region": "江苏省", "city": "无锡市",
    "district": "惠山区", "street": "桃花路 1 号", "email": "ya@example.test",
}  # fmt: skip
HIDDEN = re.compile(r'name="(cart|seen_total|seen_freight|seen_points)" value="([^"]*)"')


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


async def _at_checkout(visitor: Visitor, shop: Tenant, price: int) -> dict[str, str]:
    visitor.headers["Accept-Language"] = "en"
    offer = await selling.offer(price=price)
    await visitor.submit(store_address(shop, "/cart/lines"), {"product": offer.handle, "quantity": "1"})
    page = await visitor.get(store_address(shop, "/checkout"))
    return ADDRESS | dict(HIDDEN.findall(page.text))


async def test_a_card_that_covers_everything_leaves_nothing_to_pay(visitor: Visitor, shop: Tenant) -> None:
    card, code = await build.card(5000)
    form = await _at_checkout(visitor, shop, 4390) | {"gift_card": code}
    page = store_address(shop, "/checkout")

    counted = _text((await visitor.submit(f"{page}/wallets", form, page=page)).text)
    held = await build.held(card)
    placed = await visitor.submit(page, form, page=page)
    address = placed.headers["location"]
    paid = await visitor.get(store_address(shop, address), follow_redirects=True)

    assert f"•••• {card.last4} −¥43.90" in counted
    assert "Left to pay ¥ 0.00" in counted or "Left to pay ¥0.00" in counted
    assert held == 5000
    assert "Paid, being packed" in _text(paid.text)
    assert await build.held(card) == 610
    await check(shop)


async def test_a_card_that_covers_a_part_leaves_the_rest_to_pay(visitor: Visitor, shop: Tenant) -> None:
    _card, code = await build.card(1000)
    form = await _at_checkout(visitor, shop, 4390) | {"gift_card": code}
    page = store_address(shop, "/checkout")

    placed = await visitor.submit(page, form, page=page)
    number = re.search(r"/orders/(T\d+)/", placed.headers["location"])

    assert number is not None
    async with tenants.transaction():
        order = await orders.find_by_number(number[1])
    assert (order.payment_status, order.due_amount) == ("partially_paid", 3390)
    await check(shop)


async def test_a_code_that_is_wrong_says_so_and_orders_nothing(visitor: Visitor, shop: Tenant) -> None:
    form = await _at_checkout(visitor, shop, 4390) | {"gift_card": "0000-0000-0000-0000"}
    page = store_address(shop, "/checkout")

    answers = [await visitor.submit(address, form, page=page) for address in (f"{page}/wallets", page)]

    assert all("not valid here" in _text(answer.text) for answer in answers)
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM orders") == 0


async def test_anybody_looks_up_a_card_but_not_many(
    visitor: Visitor, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GIFT_CARD", replace(limits.GIFT_CARD, per_minute=0.01))
    card, code = await build.card(1234)
    page = store_address(shop, "/account/wallet")
    visitor.headers["Accept-Language"] = "en"

    found = await visitor.submit(page, {"code": code.lower()}, page=page)
    tries = [await visitor.submit(page, {"code": "0000-0000-0000-0000"}, page=page) for _try in range(12)]

    assert f"¥12.34 is left on the gift card ending in {card.last4}" in _text(found.text)
    assert tries[0].status_code == 422
    assert tries[-1].status_code == 429
