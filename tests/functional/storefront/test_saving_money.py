"""Coupons, member prices and points, as a shopper without JavaScript meets them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

import tenants
from app import orders, promotions
from app.kernel import limits
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.functional.conftest import Visitor, store_address
from tests.invariants import check

ADDRESS = {
    "recipient": "Lin Xiaoya", "phone": "13800000000", "country": "CN", "region": "江苏省", "city": "无锡市",
    "district": "滨湖区", "street": "1 Peach Road", "email": "ya@example.test",
}  # fmt: skip
SEEN = ("_csrf", "cart", "seen_total", "seen_freight", "seen_points")


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no {name}"
    return found[1]


@pytest.fixture
async def shopper(shop: Tenant, visitor: Visitor) -> Any:
    """Somebody with peaches for 43.90 in the cart."""
    peaches = await selling.offer(title="Peaches", price=4390)
    await visitor.submit(store_address(shop, "/cart/lines"), {"variant": str(peaches.variant), "quantity": "1"})
    return visitor


async def _sign_up(shopper: Visitor, shop: Tenant) -> UUID:
    register = store_address(shop, "/register")
    form = {"name": "Ya", "email": "ya@example.test", "password": "a long enough secret"}
    await shopper.submit(register, form, page=register)
    async with tenants.transaction():
        found: UUID = await tenants.connection().fetchval("SELECT id FROM customer WHERE email = 'ya@example.test'")
    return found


async def _send(
    shopper: Visitor, shop: Tenant, path: str = "/checkout", page: str = "", **typed: str
) -> httpx.Response:
    page = page or (await shopper.get(store_address(shop, "/checkout"))).text
    return await shopper.submit(
        store_address(shop, path), ADDRESS | {name: hidden(page, name) for name in SEEN} | typed
    )


async def _order_of(answer: httpx.Response) -> orders.Order:
    assert answer.status_code == 303, answer.text
    async with tenants.transaction():
        return await orders.find_by_number(re.split("[/?]", answer.headers["location"])[2])


async def test_a_code_is_used_without_ordering_and_what_was_typed_stays(shopper: Visitor, shop: Tenant) -> None:
    await promoting.coupon()

    page = await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")

    assert "The total is now ¥38.90." in page.text
    assert 'value="1 Peach Road"' in page.text
    assert "Coupon · PEACH" in page.text
    assert (await _order_of(await _send(shopper, shop, page=page.text))).discount_amount == 500


async def test_the_page_of_an_order_names_its_coupon_to_both_sides(visitor: Visitor, shop: Tenant) -> None:
    await promoting.coupon()
    placed = await promoting.order_with(await selling.offer(price=4390), code="PEACH")
    visitor.headers["Accept-Language"] = "en"

    assert (
        "Coupon · PEACH" in (await visitor.get(store_address(shop, f"/orders/{placed.number}?key={placed.key}"))).text
    )
    await sign_in(visitor, await staff_of(shop, "manager"))
    assert "Coupon · PEACH" in (await visitor.get(admin(f"/orders/{placed.number}"))).text


async def test_a_coupon_is_taken_off_again(shopper: Visitor, shop: Tenant) -> None:
    await promoting.coupon()
    await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")

    page = await _send(shopper, shop, "/checkout/savings", save="no_coupon")

    assert "The total is now ¥43.90." in page.text
    assert "Take it off" not in page.text


async def test_a_code_that_was_typed_and_forgotten_is_counted_before_anything_is_ordered(
    shopper: Visitor, shop: Tenant
) -> None:
    await promoting.coupon()

    page = await _send(shopper, shop, coupon_code="peach")

    assert page.status_code == 200
    assert "The total is now ¥38.90." in page.text
    assert (await _order_of(await _send(shopper, shop, page=page.text))).total_amount == 3890


async def test_a_refused_code_says_why_under_its_field(shopper: Visitor, shop: Tenant) -> None:
    await promoting.coupon(kind="threshold", amount=1000, from_amount=5620)

    page = await _send(shopper, shop, "/checkout/savings", coupon_code="PEACH", save="code")

    assert page.status_code == 422
    assert "This coupon needs goods for ¥12.30 more." in page.text
    assert 'value="PEACH"' in page.text


async def test_codes_cannot_be_tried_out_by_the_thousand(
    shopper: Visitor, shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    await promoting.coupon()
    monkeypatch.setattr(limits, "COUPON_CODES", limits.Limit("coupon_codes", 1, 1))

    first = await _send(shopper, shop, "/checkout/savings", coupon_code="A", save="code")
    second = await _send(shopper, shop, "/checkout/savings", coupon_code="PEACH", save="code")

    assert "There is no coupon with this code." in first.text
    assert "Too many tries." in second.text
    assert "¥38.90" not in second.text


async def test_the_shop_window_tells_of_a_coupon_to_claim(shop: Tenant, visitor: Visitor) -> None:
    await promoting.coupon(name="Peach week", claimable=True)

    page = (await visitor.get(store_address(shop, "/"))).text

    assert 'href="/coupons"' in page
    assert "Peach week" in page


async def test_a_coupon_that_stopped_counting_is_shown_as_such_and_not_counted(shopper: Visitor, shop: Tenant) -> None:
    coupon = await promoting.coupon()
    await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")
    async with tenants.transaction():
        await promotions.stop_coupon(coupon.id)

    for path in ("/cart", "/checkout"):
        page = (await shopper.get(store_address(shop, path))).text
        assert "This coupon has expired." in page
        assert "It is not counted in the sum." in page


async def test_a_coupon_is_claimed_offered_and_used(shopper: Visitor, shop: Tenant) -> None:
    little = await promoting.coupon(name="Little", code="", claimable=True, amount=100)
    more = await promoting.coupon(name="More", code="", claimable=True, kind="percent", bps=2000)
    assert "Sign in to take them" in (await shopper.get(store_address(shop, "/coupons"))).text
    await _sign_up(shopper, shop)

    for coupon in (little, more):
        address = store_address(shop, "/coupons")
        await shopper.submit(f"{address}/{coupon.id}/claims", page=address)
    page = (await shopper.get(store_address(shop, "/checkout"))).text
    used = await _send(shopper, shop, "/checkout/savings", coupon=str(more.id))

    assert page.index("More") < page.index("Saves most") < page.index("Little")
    assert "The total is now ¥35.12." in used.text
    assert (await _order_of(await _send(shopper, shop, page=used.text))).discount_amount == 878
    assert "Little" in (await shopper.get(store_address(shop, "/coupons"))).text


async def test_claiming_what_is_gone_says_so(shopper: Visitor, shop: Tenant) -> None:
    coupon = await promoting.coupon(claimable=True, issue_total=1)
    other = await promoting.customer()
    await _sign_up(shopper, shop)
    page = store_address(shop, "/coupons")
    token = hidden((await shopper.get(page)).text, "_csrf")
    async with tenants.transaction():
        await promotions.claim(coupon.id, other)

    answer = await shopper.submit(f"{page}/{coupon.id}/claims", {"_csrf": token}, follow_redirects=True)

    assert "This coupon is used up." in answer.text


async def test_a_member_sees_the_own_price_level_and_points(shopper: Visitor, shop: Tenant) -> None:
    ya = await _sign_up(shopper, shop)
    await promoting.level("Gold", bps=1000)
    await promoting.level("Diamond", threshold=100_000)
    await promoting.points_rule()
    await promoting.give_points(ya, 300)

    cart = (await shopper.get(store_address(shop, "/cart"))).text
    account = (await shopper.get(store_address(shop, "/account"))).text

    assert "Member price · Gold" in cart
    assert "−¥4.39" in cart
    assert "10% off every list price." in account
    assert "¥1,000 more within 365 days and you are Diamond." in account
    assert '<span class="num muted">300</span>' in account


async def test_ticking_points_shows_the_new_sum_before_anything_is_ordered(shopper: Visitor, shop: Tenant) -> None:
    ya = await _sign_up(shopper, shop)
    await promoting.points_rule(spend=100, share=5000)
    await promoting.give_points(ya, 1_000)

    page = await _send(shopper, shop, use_points="true")
    placed = await _order_of(await _send(shopper, shop, page=page.text, use_points="true"))

    assert "The total is now ¥33.90." in page.text
    assert (placed.discount_amount, placed.total_amount) == (1000, 3390)


async def test_the_order_tells_how_each_price_came_about(shopper: Visitor, shop: Tenant) -> None:
    await promoting.coupon()
    await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")
    placed = await _order_of(await _send(shopper, shop))

    page = (await shopper.get(store_address(shop, f"/orders/{placed.number}"))).text

    assert "How each price came about" in page
    assert page.count("−¥5.00") == 2


async def test_a_coupon_for_everything_leaves_nothing_to_pay(shopper: Visitor, shop: Tenant) -> None:
    await promoting.coupon(amount=4390)
    page = (await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")).text

    placed = await _send(shopper, shop, page=page)
    shown = await shopper.get(store_address(shop, placed.headers["location"]))

    assert "This order costs nothing" in page
    assert "Place the order" in page
    assert (await _order_of(placed)).payment_status == "paid"
    assert "There is nothing to pay." in shown.text
    assert "Paid, being packed" in shown.text
    assert "Cancel the order" in shown.text
    await check(shop)


async def test_a_store_that_takes_no_payments_still_takes_orders_that_cost_nothing(
    shopper: Visitor, shop: Tenant
) -> None:
    await promoting.coupon(amount=4390)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payment_account SET enabled = false")
    await _send(shopper, shop, "/checkout/savings", coupon_code="peach", save="code")

    assert (await _order_of(await _send(shopper, shop))).payment_status == "paid"


async def test_points_are_listed_with_what_moved_them_and_when_they_end(shopper: Visitor, shop: Tenant) -> None:
    ya = await _sign_up(shopper, shop)
    async with tenants.transaction():
        await promotions.change_points_rule(promotions.PointsRule(1, 100, expiry="after", good_for_months=1))
        await promotions.move_points(
            ya, "adjust", 1234, new_id(), note="A welcome", by="Su He", at=now() - timedelta(days=9)
        )
        await tenants.connection().execute("UPDATE points_rule SET expiry_since = now() - interval '9 days'")

    answer = await shopper.get(store_address(shop, "/account/points"))
    account = await shopper.get(store_address(shop, "/account"))

    for told in ("1,234 points expire soon", "A welcome", "+1,234", "good for one month"):
        assert told in answer.text
    assert "/account/points" in account.text
