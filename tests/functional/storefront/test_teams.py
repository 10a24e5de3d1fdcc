"""A shopper without JavaScript opens a team, passes it on, and sees how it goes."""

from __future__ import annotations

import re

from app.flows.end_team import complete_team, end_team
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.functional.conftest import Visitor, store_address
from tests.functional.storefront.test_saving_money import ADDRESS, SEEN, hidden
from tests.invariants import check


async def test_from_opening_a_team_to_its_own_page(shop: Tenant, visitor: Visitor) -> None:
    peaches = await selling.offer(title="Peaches", price=4390)
    offer = await teams.campaign(peaches, price=2990)
    visitor.cookies.set("lang", "en")
    page = store_address(shop, f"/campaigns/{offer.code}")
    shown = (await visitor.get(page)).text
    assert "3 people make a team" in shown
    assert f"/products/{peaches.handle}" in shown

    order = await _order(visitor, shop, page, {f"units_{peaches.variant}": "1", "team": "new"})
    number = re.split(r"[/?]", order)[2]
    own = (await visitor.get(store_address(shop, f"/orders/{number}"))).text
    assert "Opens with your payment" in own
    assert "Pay to open your team" in (await visitor.get(page)).text
    await check(shop)


async def _order(visitor: Visitor, shop: Tenant, page: str, form: dict[str, str]) -> str:
    joined = await visitor.submit(f"{page}/join", form)
    checkout = store_address(shop, joined.headers["Location"])
    shown = (await visitor.get(checkout)).text
    filled = ADDRESS | {name: hidden(shown, name) for name in SEEN if f'name="{name}"' in shown}
    placed = await visitor.submit(store_address(shop, "/checkout"), filled)
    assert placed.status_code == 303, placed.text
    return placed.headers["Location"]


async def test_a_friend_joins_by_the_link_and_the_team_is_complete(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    item, link = await campaigns.item(offer.id), f"/campaigns/{offer.code}/teams/{team.code}"
    shown = (await visitor.get(store_address(shop, link))).text
    assert "1 more needed" in shown
    assert "L**" in shown
    assert "Lin Xiaoya" not in shown

    page = store_address(shop, f"/campaigns/{offer.code}")
    await _order(visitor, shop, page, {f"units_{item.variant}": "1", "team": team.code, "may_move": "yes"})

    assert "A seat is held for you" in (await visitor.get(store_address(shop, link))).text
    assert (await teams.look(team)).held == 1
    await check(shop)


async def test_a_full_team_says_so_and_leads_back_to_its_page(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    offer = await teams.campaign(people=2)
    _leader, team = await teams.open_team(offer)
    await teams.join(offer, team)
    item = await campaigns.item(offer.id)

    answer = await visitor.submit(
        store_address(shop, f"/campaigns/{offer.code}/join"), {f"units_{item.variant}": "1", "team": team.code}
    )

    assert answer.headers["Location"] == f"/campaigns/{offer.code}/teams/{team.code}"
    page = (await visitor.get(store_address(shop, answer.headers["Location"]))).text
    assert "no free seat" in page
    assert 'id="join"' not in page


async def test_the_page_says_what_became_of_a_team(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")
    offer = await teams.campaign()
    _one, completed = await teams.open_team(offer)
    _other, failed = await teams.open_team(offer)
    await complete_team(offer.id, completed.id, actor="owner")
    await end_team(failed.id, "expired")

    for team, words in ((completed, "The store completed the team"), (failed, "Whoever paid gets everything back")):
        link = store_address(shop, f"/campaigns/{offer.code}/teams/{team.code}")
        assert words in (await visitor.get(link)).text
        progress = await visitor.get(f"{link}/progress")
        assert (words in progress.text, progress.headers["HX-Refresh"]) == (True, "true")


async def test_a_team_nobody_has_paid_for_is_not_there_for_others(shop: Tenant, visitor: Visitor) -> None:
    offer = await teams.campaign()
    placed = await campaigns.join(offer)
    team = await teams.team_of(placed.order_id)

    link = store_address(shop, f"/campaigns/{offer.code}/teams/{team.code}")

    assert (await visitor.get(link)).status_code == 404
    assert team.code not in (await visitor.get(store_address(shop, f"/campaigns/{offer.code}"))).text
