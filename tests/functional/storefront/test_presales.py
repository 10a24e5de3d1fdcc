"""A shopper without JavaScript orders before it is there: sees both payments and their days, pays, leaves."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import tenants
from app.flows.order_documents import packing_slip, receipt_paper
from app.flows.run_presale import move_day
from app.identity import visitor_cookie
from app.kernel.clock import now
from app.kernel.formats import date
from app.kernel.ids import new_id
from app.orders import access_key
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import ADDRESS, SEEN, hidden
from tests.invariants import check


async def test_the_page_says_what_is_paid_when_and_from_which_day_it_ships(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    plums = await presales.presale_campaign()

    page = (await visitor.get(store_address(shop, f"/campaigns/{plums.code}"))).text

    assert "Ships from" in page
    assert "counts as ¥50" in page
    assert "You pay ¥70 altogether instead of ¥100." in page
    assert "the deposit is not paid back" in page


async def test_from_the_page_to_an_order_that_asks_for_its_deposit(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    goods = await selling.offer(title="Plums", price=12000, stock=9)
    plums = await presales.presale_campaign(goods)
    page = store_address(shop, f"/campaigns/{plums.code}")

    joined = await visitor.submit(f"{page}/join", {f"units_{goods.variant}": "1"})
    checkout = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
    form = ADDRESS | {name: hidden(checkout, name) for name in SEEN if f'name="{name}"' in checkout}
    placed = await visitor.submit(store_address(shop, "/checkout"), form)
    order = (await visitor.get(store_address(shop, placed.headers["Location"].replace("/pay?", "?")))).text

    assert (hidden(checkout, "seen_total"), "Deposit to pay now" in checkout) == ("7000", True)
    assert placed.status_code == 303, placed.text
    assert "Balance, paid later" in order
    assert "¥20.00" in order
    await check(shop)


async def test_an_orders_page_tells_of_both_payments_and_what_leaving_costs(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    placed = await campaigns.join_and_pay(await presales.presale_campaign())
    page = store_address(shop, f"/orders/{placed.number}?key={access_key(placed.order_id)}")

    shown = (await visitor.get(page)).text
    assert "Deposit paid" in shown
    assert "If you cancel now, the deposit of ¥20.00 is not paid back." in shown
    await visitor.submit(store_address(shop, f"/orders/{placed.number}/cancellation?key={access_key(placed.order_id)}"))

    assert "the deposit of ¥20.00 stays with the store" in (await visitor.get(page)).text
    await check(shop)


async def test_the_day_it_ships_stands_wherever_the_product_or_the_order_does(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    who, goods = new_id(), await selling.offer(title="Plums", price=12000, stock=9)
    plums = await presales.presale_campaign(goods)
    placed = await campaigns.join_and_pay(plums, visitor=who)
    day = date((await presales.mine(placed.order_id)).ships_at, "en", ZoneInfo(shop.time_zone))
    await visitor.submit(
        store_address(shop, "/cart/lines"), {"product": goods.handle, "quantity": "1"},
        headers={"Cookie": f"lang=en; visitor={visitor_cookie(who)}"},
    )  # fmt: skip

    joined = await visitor.submit(store_address(shop, f"/campaigns/{plums.code}/join"), {f"units_{goods.variant}": "1"})
    pages = [
        "/", "/search?q=plums", f"/products/{goods.handle}", "/campaigns", f"/campaigns/{plums.code}",
        joined.headers["Location"], "/account", "/account/groups", f"/orders/{placed.number}",
    ]  # fmt: skip
    silent = [page for page in pages if day not in (await visitor.get(store_address(shop, page))).text]

    assert silent == []


async def test_papers_of_an_order_name_the_day_it_ships(shop: Tenant, visitor: Visitor) -> None:
    placed = await campaigns.join_and_pay(await presales.presale_campaign())
    order = await presales.order(placed.order_id)

    async with tenants.transaction():
        papers = [await packing_slip(order, "en"), await receipt_paper(order, "en")]

    day = date((await presales.mine(placed.order_id)).ships_at, "en", ZoneInfo(shop.time_zone))
    assert [("Ships from", day) in paper.facts for paper in papers] == [True, True]


async def test_a_day_that_was_moved_is_said_in_the_shop_window_at_once(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    plums, later = await presales.presale_campaign(), now() + timedelta(days=60)
    home = store_address(shop, "/")
    await visitor.get(home)

    await move_day(plums.id, later, reason="Late frost", actor="owner")

    assert date(later, "en", ZoneInfo(shop.time_zone)) in (await visitor.get(home)).text
