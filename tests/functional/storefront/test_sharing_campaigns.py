"""Passing a campaign on: everybody may, the page greets in the sharer's name, and the sharer sees who came."""

from __future__ import annotations

import io
import re

from PIL import Image

import tenants
from app import group_buying
from app.flows.run_campaign import close_campaign, unpublish_campaign
from app.group_buying import Tier
from app.group_buying.invitations import token_of
from app.group_buying.saving import ItemDraft
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import ADDRESS, SEEN, hidden
from tests.invariants import check

ENGLISH = {"Cookie": "lang=en"}


async def joined_through(order_id: object) -> int:
    async with tenants.transaction():
        sharer = await group_buying.invitations.sharer_of_order(order_id)  # type: ignore[arg-type] # an id
    assert sharer is not None
    return sharer.joined


async def test_a_shared_page_greets_and_whoever_joins_is_counted_for_the_sharer(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=4390, stock=50)
    sale = await campaigns.campaign(peaches, price=2990)
    sharer = await campaigns.join_and_pay(sale)
    token = token_of(sharer.order_id)
    page = store_address(shop, f"/campaigns/{sale.code}")

    shown = (await visitor.get(f"{page}?from={token}", headers=ENGLISH)).text
    assert re.search(r"<b>\S\*\*</b> invited you here", shown)
    joined = await visitor.submit(f"{page}/join", {f"units_{peaches.variant}": "1", "from": hidden(shown, "from")})
    checkout = (await visitor.get(store_address(shop, joined.headers["Location"]))).text
    form = ADDRESS | {name: hidden(checkout, name) for name in SEEN if f'name="{name}"' in checkout}
    placed = await visitor.submit(store_address(shop, "/checkout"), form)

    assert placed.status_code == 303, placed.text
    assert await joined_through(sharer.order_id) == 0  # placed is not joined yet
    async with tenants.transaction():
        order = await tenants.connection().fetchval(
            "SELECT order_id FROM participation WHERE invited_by = $1", sharer.order_id
        )
    assert order is not None


async def test_the_sharer_sees_who_came_on_the_page_of_the_order(shop: Tenant, visitor: Visitor) -> None:
    sale = await campaigns.campaign()
    sharer = await campaigns.join_and_pay(sale)
    for _ in range(2):
        await campaigns.join_and_pay(sale, choices={"from": token_of(sharer.order_id)})

    page = (await visitor.get(store_address(shop, f"/orders/{sharer.number}?key={sharer.key}"), headers=ENGLISH)).text

    assert "2 joined through your link" in page
    assert f"/campaigns/{sale.code}/share?from=" in page
    await check(shop)


async def test_nobody_invites_themselves_and_an_invented_sharer_is_nobody(shop: Tenant, visitor: Visitor) -> None:
    sale, other = await campaigns.campaign(), await campaigns.campaign()
    sharer = await campaigns.join_and_pay(sale, phone="13900000001")
    token = token_of(sharer.order_id)

    await campaigns.join_and_pay(sale, phone="13900000001", choices={"from": token})
    await campaigns.join_and_pay(other, choices={"from": token})
    await campaigns.join_and_pay(sale, choices={"from": token[:-1] + ("A" if token[-1] != "A" else "B")})

    assert await joined_through(sharer.order_id) == 0
    for address in (f"/campaigns/{sale.code}?from=nobody", f"/campaigns/{other.code}?from={token}"):
        page = await visitor.get(store_address(shop, address), headers=ENGLISH)
        assert page.status_code == 200
        assert "**" not in page.text


async def test_messengers_find_title_price_and_a_picture_of_their_size(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=5600, stock=50)
    ladder = [ItemDraft(peaches.variant, 4390, tiers=(Tier(3, 3990),))]
    sale = await campaigns.campaign(kind="ladder_campaign", items=ladder)

    page = (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"), headers=ENGLISH)).text
    said = dict(re.findall(r'property="([a-z:]+)" content="([^"]*)"', page))
    image = said["og:image"].partition(f"/campaigns/{sale.code}")[2]
    answer = await visitor.get(store_address(shop, f"/campaigns/{sale.code}{image}"))

    assert said["og:title"] == sale.title
    assert "3 more and everyone pays ¥39.9" in said["og:description"]
    assert said["product:price:amount"] == "43.90"
    assert answer.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)
    assert '<link rel="canonical" href="' in page
    assert "noindex" not in page


async def test_sharing_works_as_plain_links_with_a_poster_to_save(shop: Tenant, visitor: Visitor) -> None:
    sale = await campaigns.campaign()
    sharer = await campaigns.join_and_pay(sale)
    token = token_of(sharer.order_id)

    page = await visitor.get(store_address(shop, f"/campaigns/{sale.code}/share?from={token}"), headers=ENGLISH)
    poster = re.search(r'<img class="share-poster" src="([^"]+)"', page.text)
    assert poster is not None
    drawn = await visitor.get(store_address(shop, poster[1].replace("&amp;", "&")))
    again = await visitor.get(
        store_address(shop, poster[1]), headers={"If-None-Match": drawn.headers["etag"], "Cookie": "lang=zh-Hans"}
    )

    assert f"/campaigns/{sale.code}?from={token}" in page.text
    assert drawn.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(drawn.content)).size == (1080, 1920)
    assert again.status_code == 200  # in another language it is another picture


async def test_a_campaign_that_is_over_is_not_for_search_engines(shop: Tenant, visitor: Visitor) -> None:
    sale = await campaigns.campaign()
    await campaigns.end(sale.id)
    await close_campaign(sale.id)

    assert "noindex" in (await visitor.get(store_address(shop, f"/campaigns/{sale.code}"))).text


async def test_the_shop_window_shows_how_far_a_campaign_is_and_until_when(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=5600, stock=50)
    ladder = [ItemDraft(peaches.variant, 4390, tiers=(Tier(3, 3990),))]
    sale = await campaigns.campaign(kind="ladder_campaign", items=ladder, title="Peaches together")

    for path in ("/", "/categories"):
        page = (await visitor.get(store_address(shop, path), headers=ENGLISH)).text
        card = re.search(rf'href="/campaigns/{sale.code}".*?</a>', page, re.DOTALL)
        assert card is not None
        assert "Peaches together" in card[0]
        assert 'role="timer"' in card[0]
        assert "3 more and it drops to ¥39.9" in card[0]


async def test_the_page_of_a_product_says_where_it_is_cheaper_together(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=5600, stock=50)
    sale = await campaigns.campaign(peaches, kind="team_group", price=3990, terms={"people": 3, "hours": 24})
    item = await campaigns.item(sale.id)
    page = store_address(shop, f"/products/{item.handle}")

    running = (await visitor.get(page, headers=ENGLISH)).text
    await unpublish_campaign(sale.id, actor="owner")
    over = (await visitor.get(page, headers=ENGLISH)).text

    assert "Cheaper together" in running
    assert "3 people buy together and pay ¥39.9 each" in running
    assert "Cheaper together" not in over
