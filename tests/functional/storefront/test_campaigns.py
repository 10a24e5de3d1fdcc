"""A shopper without JavaScript takes part in a campaign."""

from __future__ import annotations

import re

import tenants
from app import group_buying
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import ADDRESS, SEEN, hidden
from tests.invariants import check


async def test_the_shop_window_leads_to_what_runs(shop: Tenant, visitor: Visitor) -> None:
    sale = await campaigns.campaign(title="Peaches tonight")

    for page in ("/", "/campaigns"):
        assert f"/campaigns/{sale.code}" in (await visitor.get(store_address(shop, page))).text


async def test_from_the_campaigns_page_to_a_placed_order_at_its_price(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=4390)
    sale = await campaigns.campaign(peaches, price=2990)
    page = store_address(shop, f"/campaigns/{sale.code}")
    assert "29.9" in (await visitor.get(page)).text

    joined = await visitor.submit(f"{page}/join", {f"units_{peaches.variant}": "2"})
    checkout = store_address(shop, joined.headers["Location"])
    shown = (await visitor.get(checkout)).text
    form = ADDRESS | {name: hidden(shown, name) for name in SEEN if f'name="{name}"' in shown}
    placed = await visitor.submit(store_address(shop, "/checkout"), form)

    assert hidden(shown, "seen_total") == "5980"
    assert placed.status_code == 303, placed.text
    assert re.match(r"/orders/", placed.headers["Location"])
    assert (await campaigns.item(sale.id)).held == 2
    await check(shop)


async def test_choosing_nothing_or_too_much_is_said_on_the_page(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign(quota=3)
    item, page = await campaigns.item(sale.id), store_address(shop, f"/campaigns/{sale.code}")

    for units, words in (("0", "Choose at least one"), ("9", "only 3 are left")):
        answer = await visitor.submit(f"{page}/join", {f"units_{item.variant}": units})
        assert answer.headers["Location"] == f"/campaigns/{sale.code}"
        assert words in (await visitor.get(page)).text


async def test_a_draft_cannot_be_seen_and_an_old_campaign_cannot_be_joined(shop: Tenant, visitor: Visitor) -> None:
    draft, old = await campaigns.campaign(publish=False), await campaigns.campaign()
    await campaigns.end(old.id)

    assert (await visitor.get(store_address(shop, f"/campaigns/{draft.code}"))).status_code == 404
    assert 'id="join"' not in (await visitor.get(store_address(shop, f"/campaigns/{old.code}"))).text


async def test_the_ordinary_cart_is_left_as_it_is(shop: Tenant, visitor: Visitor) -> None:
    eggs = await selling.offer(title="Eggs")
    sale = await campaigns.campaign()
    await visitor.submit(store_address(shop, "/cart/lines"), {"variant": str(eggs.variant), "quantity": "1"})
    item = await campaigns.item(sale.id)

    await visitor.submit(store_address(shop, f"/campaigns/{sale.code}/join"), {f"units_{item.variant}": "1"})

    cart = (await visitor.get(store_address(shop, "/cart"))).text
    assert "Eggs" in cart
    assert item.title not in cart.replace("Eggs", "")


async def test_a_coupon_counts_on_top_where_the_campaign_says_so_and_nowhere_else(
    shop: Tenant, visitor: Visitor
) -> None:
    visitor.cookies.set("lang", "en")
    await promoting.coupon()
    for takes, total in ((True, "2490"), (False, "2990")):
        sale = await campaigns.campaign(price=2990, takes_coupons=takes)
        item, page = await campaigns.item(sale.id), store_address(shop, f"/campaigns/{sale.code}")
        joined = await visitor.submit(f"{page}/join", {f"units_{item.variant}": "1"})
        shown = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
        form = ADDRESS | {name: hidden(shown, name) for name in SEEN if f'name="{name}"' in shown}

        answer = await visitor.submit(
            store_address(shop, "/checkout/savings"), form | {"coupon_code": "peach", "save": "code"}
        )

        assert hidden(answer.text, "seen_total") == total


async def test_a_draft_is_shown_to_whoever_has_the_address_of_its_preview(
    shop: Tenant, other_shop: Tenant, visitor: Visitor
) -> None:
    draft = await campaigns.campaign(publish=False, title="Peaches tomorrow")
    page, key = f"/campaigns/{draft.code}", group_buying.preview_key(draft.id)
    item = await campaigns.item(draft.id)

    seen = await visitor.get(store_address(shop, f"{page}?preview={key}"))
    joined = await visitor.submit(store_address(shop, f"{page}/join"), {f"units_{item.variant}": "1"})

    assert "Peaches tomorrow" in seen.text
    assert joined.headers["Location"] == page, "a draft cannot be joined"
    assert (await visitor.get(store_address(shop, f"{page}?preview=x"))).status_code == 404
    with tenants.bind(other_shop):
        assert group_buying.preview_key(draft.id) != key
