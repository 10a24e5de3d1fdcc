"""A shopper without JavaScript says "I want it", once, and nothing about them is kept."""

from __future__ import annotations

import tenants
from app import presale
from app.orders import access_key
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests.functional.conftest import Visitor, store_address


async def test_wanting_it_is_counted_once_and_the_page_says_so(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    plums = await campaigns.campaign(kind="demand_test", title="Do you want plums?", terms={"metric": "intents"})
    page = store_address(shop, f"/campaigns/{plums.code}")
    assert "I want it" in (await visitor.get(page)).text

    for _ in range(2):
        await visitor.submit(f"{page}/interest")

    shown = (await visitor.get(page)).text
    assert "You want it" in shown
    assert "1 person wants it" in shown


async def test_a_look_of_a_browser_without_a_session_is_counted_and_leaves_no_cookie(
    shop: Tenant, visitor: Visitor
) -> None:
    plums = await campaigns.campaign(kind="demand_test", title="Do you want plums?")

    for _ in range(2):
        answer = await visitor.get(store_address(shop, f"/campaigns/{plums.code}"))
        assert "set-cookie" not in answer.headers

    async with tenants.transaction():
        assert (await presale.count_marks(plums.id)).views == 1


async def test_a_plain_campaign_cannot_be_wanted(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    sale = await campaigns.campaign()
    page = store_address(shop, f"/campaigns/{sale.code}")

    await visitor.submit(f"{page}/interest")

    assert "This offer is not open at the moment." in (await visitor.get(page)).text


async def test_who_waits_reads_when_it_is_decided(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    placed = await campaigns.join_and_pay(await campaigns.campaign(kind="demand_test", title="Do you want plums?"))

    shown = (await visitor.get(store_address(shop, f"/orders/{placed.number}?key={access_key(placed.order_id)}"))).text

    assert "Paid, waits for the decision" in shown
    assert "If too few want it, everybody gets everything back." in shown
