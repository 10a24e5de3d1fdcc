"""My groups: what one shopper takes part in, and nobody else's."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying
from app.flows.place_order import place_order
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests import builders_teams as teams


async def _places(visitor: UUID, *, after: str = "", most: int = 20) -> list[group_buying.OwnPlace]:
    async with tenants.transaction():
        return (await group_buying.own_places(None, visitor, after=after, most=most)).items


async def test_a_shopper_sees_their_team_and_how_many_are_missing(shop: Tenant) -> None:
    me, sale = new_id(), await teams.campaign(people=3)

    mine, team = await teams.open_team(sale, visitor=me, choices={"team": "new"})
    await teams.join_and_pay(sale, team)
    (seen,) = await _places(me)

    assert (seen.order_id, seen.campaign, seen.kind, seen.place) == (mine.order_id, sale.code, "team_group", "taken")
    assert seen.team
    assert (seen.team.code, seen.team.missing, seen.team.leads, seen.team.status) == (team.code, 1, True, "forming")


async def test_a_plain_order_is_no_group_and_pages_go_on_where_they_ended(shop: Tenant) -> None:
    sale = await campaigns.campaign()
    me, cart = await selling.fill_cart(await selling.offer())
    placed = [await campaigns.join_and_pay(sale, visitor=me) for _ in range(3)]
    await place_order(cart, me, selling.checkout())

    async with tenants.transaction():
        first = await group_buying.own_places(None, me, most=2)
        rest = await group_buying.own_places(None, me, after=first.next, most=2)

    assert [one.order_id for one in (*first.items, *rest.items)] == [one.order_id for one in reversed(placed)]
    assert (rest.items[0].team, rest.next) == (None, "")
    assert await _places(new_id()) == []


async def test_another_store_knows_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    me, sale = new_id(), await campaigns.campaign()
    await campaigns.join_and_pay(sale, visitor=me)

    with tenants.bind(other_shop):
        assert await _places(me) == []
