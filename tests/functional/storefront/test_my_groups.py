"""A shopper finds everything they take part in on one page, without an account too, and what it waits for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import asyncpg
import pytest

import tenants
from app import orders
from app.flows.cancel_order import cancel_order
from app.flows.place_order import Placed
from app.identity import visitor_cookie
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_ladders as ladders
from tests import builders_pickups as pickups
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests import builders_teams as teams
from tests.functional.conftest import Visitor, store_address


async def _groups(visitor: Visitor, shop: Tenant, who: UUID) -> str:
    """The page as the browser sees it that placed these orders."""
    visitor.cookies.set("lang", "en")
    form = {"product": (await selling.offer()).handle, "quantity": "1"}
    await visitor.submit(
        store_address(shop, "/cart/lines"), form, headers={"Cookie": f"lang=en; visitor={visitor_cookie(who)}"}
    )
    return (await visitor.get(store_address(shop, "/account/groups"))).text


async def test_whoever_never_joined_anything_is_led_to_what_runs(shop: Tenant, visitor: Visitor) -> None:
    visitor.cookies.set("lang", "en")

    page = (await visitor.get(store_address(shop, "/account/groups"))).text

    assert "You are in no group yet" in page
    assert 'href="/campaigns"' in page
    assert 'href="/account/groups"' in (await visitor.get(store_address(shop, "/account"))).text


async def test_a_forming_team_says_what_is_missing_until_when_and_can_be_passed_on(
    shop: Tenant, visitor: Visitor
) -> None:
    who = new_id()
    placed, team = await teams.open_team(await teams.campaign(people=3), visitor=who)

    page = await _groups(visitor, shop, who)

    assert "2 more needed" in page
    assert 'value="1"' in page
    assert 'role="timer"' in page
    assert f"share?team={team.code}&amp;from=" in page
    assert f"/orders/{placed.number}" in page


async def test_a_ladder_tells_what_was_paid_and_what_came_back(shop: Tenant, visitor: Visitor) -> None:
    who, ladder = new_id(), await ladders.ladder(stairs=((2, 4390),))
    await campaigns.join_and_pay(ladder, visitor=who)
    assert "1 more and everyone pays ¥43.9" in await _groups(visitor, shop, who)

    await campaigns.join_and_pay(ladder)
    await ladders.finish(ladder)

    assert "You paid ¥49.90, ¥6.00 came back." in await _groups(visitor, shop, who)


async def test_a_balance_is_due_by_its_day_and_paid_from_here(shop: Tenant, visitor: Visitor) -> None:
    who = new_id()
    placed = await campaigns.join_and_pay(await presales.presale_campaign(forfeits=True), visitor=who)
    page = await _groups(visitor, shop, who)
    assert "Balance of ¥50.00, due from" in page
    assert "Without the balance the deposit is not paid back" in page
    assert "Ships from" in page
    assert "Pay the balance" not in page

    await presales.window_opens(placed.order_id)

    assert f'href="/orders/{placed.number}/pay"' in await _groups(visitor, shop, who)


async def test_a_chain_shows_its_number_and_a_community_buy_its_code(shop: Tenant, visitor: Visitor) -> None:
    who, point = new_id(), await pickups.point()
    await campaigns.join_and_pay(await chains.chain(), visitor=who)
    placed = await pickups.order_at(await pickups.community(), point, visitor=who)
    code = (await pickups.pickup_of(placed)).code

    page = await _groups(visitor, shop, who)

    assert "Your number in the list" in page
    assert f"{code[:4]} {code[4:]}" in page
    assert "Lake Road 8" in page


async def test_what_fell_away_is_listed_below_and_says_where_the_money_is(shop: Tenant, visitor: Visitor) -> None:
    who = new_id()
    gone = await campaigns.join(await campaigns.campaign(title="Gone"), visitor=who)
    await _cancel(gone)
    await campaigns.join_and_pay(await campaigns.campaign(kind="demand_test", title="Stays"), visitor=who)

    page = await _groups(visitor, shop, who)

    assert page.index("Stays") < page.index('id="past-t"') < page.index("Gone")
    assert "Nothing was charged." in page


async def _cancel(placed: Placed) -> None:
    await cancel_order(placed.order_id, actor="shopper")


async def test_another_browser_sees_nothing_of_it_and_neither_does_the_next_person_at_this_one(
    shop: Tenant, visitor: Visitor, another_visitor: Visitor
) -> None:
    who = new_id()
    placed, _team = await teams.open_team(await teams.campaign(), visitor=who)
    assert placed.number not in await _groups(another_visitor, shop, new_id())

    async with tenants.transaction():
        customer, database = new_id(), tenants.connection()
        await database.execute(
            "INSERT INTO customer (id, email, locale, created_at) VALUES ($1, 'ya@example.test', 'en', now())", customer
        )
        await database.execute("UPDATE orders SET customer = $2 WHERE id = $1", placed.order_id, customer)

    assert placed.number not in await _groups(visitor, shop, who)


async def test_ten_groups_take_as_many_round_trips_as_one(
    shop: Tenant, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = new_id()
    await _one_of_each(who)
    await _groups(visitor, shop, who)
    few = await _count(visitor, shop, monkeypatch)
    for _ in range(2):
        await _one_of_each(who)

    assert await _count(visitor, shop, monkeypatch) == few


async def _one_of_each(who: UUID) -> None:
    await teams.open_team(await teams.campaign(), visitor=who)
    await campaigns.join_and_pay(await ladders.ladder(), visitor=who)
    await campaigns.join_and_pay(await presales.presale_campaign(), visitor=who)


async def _count(visitor: Visitor, shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> int:
    asked, fetch = [0], asyncpg.Connection.fetch

    async def counted(self: Any, *args: Any, **more: Any) -> Any:
        asked[0] += 1
        return await fetch(self, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(asyncpg.Connection, "fetch", counted)
        await visitor.get(store_address(shop, "/account/groups"))
    return asked[0]


async def test_the_page_of_an_order_is_the_same_that_the_list_leads_to(shop: Tenant, visitor: Visitor) -> None:
    who = new_id()
    placed = await campaigns.join_and_pay(await campaigns.campaign(), visitor=who)
    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).visitor_id == who
    await _groups(visitor, shop, who)

    assert (await visitor.get(store_address(shop, f"/orders/{placed.number}"))).status_code == 200
