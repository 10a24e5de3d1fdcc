"""A shopper climbs a ladder: the stairs, how many are missing, and what came back in the end."""

from __future__ import annotations

from uuid import UUID

import tenants
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_ladders as ladders
from tests.functional.conftest import Visitor, store_address


async def _page(shop: Tenant, visitor: Visitor, path: str) -> str:
    visitor.cookies.set("lang", "en")
    return " ".join((await visitor.get(store_address(shop, path))).text.replace("</b>", "").split())


async def _visitor_id(shop: Tenant, visitor: Visitor, code: str) -> UUID:
    """Who the store takes this browser for, once it has begun to join."""
    async with tenants.transaction():
        ladder_item = await tenants.connection().fetchval(
            "SELECT variant FROM campaign_item JOIN campaign ON campaign.id = campaign WHERE code = $1", code
        )
    await visitor.submit(store_address(shop, f"/campaigns/{code}/join"), {f"units_{ladder_item}": "1"})
    async with tenants.transaction():
        known: UUID = await tenants.connection().fetchval("SELECT visitor_id FROM cart WHERE status = 'joining'")
    return known


async def test_the_stairs_say_what_it_costs_now_and_what_is_missing(shop: Tenant, visitor: Visitor) -> None:
    ladder = await ladders.ladder()
    for _ in range(3):
        await campaigns.join_and_pay(ladder)

    page = await _page(shop, visitor, f"/campaigns/{ladder.code}")

    assert page.count('aria-current="step"') == 1
    assert "3 / 5 pieces" in page
    assert "2 more pieces and everyone pays" in page
    assert "You pay ¥43.9 now. When the price falls, the difference comes back by itself" in page
    assert "joined" in page


async def test_at_the_last_step_nothing_is_missing(shop: Tenant, visitor: Visitor) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),), terms={"counts": "people", "min_count": 1})
    for _ in range(2):
        await campaigns.join_and_pay(ladder)

    page = await _page(shop, visitor, f"/campaigns/{ladder.code}")

    assert "The last step is reached: everyone pays ¥39.9." in page
    assert "It takes at least 1 person" in page


async def test_you_paid_so_much_and_so_much_came_back(shop: Tenant, visitor: Visitor) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    me = await _visitor_id(shop, visitor, ladder.code)
    mine = await campaigns.join_and_pay(ladder, visitor=me)
    await campaigns.join_and_pay(ladder)
    page, order = f"/campaigns/{ladder.code}", f"/orders/{mine.number}?key={mine.key}"
    assert "You paid ¥49.90. If the price falls by the end" in await _page(shop, visitor, order)
    assert "You paid ¥49.90. If the price falls" in await _page(shop, visitor, page)

    await ladders.finish(ladder)

    assert "You paid ¥49.90, ¥10.00 came back." in await _page(shop, visitor, order)
    seen = await _page(shop, visitor, page)
    assert "You paid ¥49.90, ¥10.00 came back." in seen
    assert "It is final: everybody pays ¥39.9." in seen
    assert "Ladder difference" in await _page(shop, visitor, f"/orders/{mine.number}/timeline?key={mine.key}")


async def test_money_on_its_way_is_not_called_back_yet(shop: Tenant, visitor: Visitor) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await ladders.finish(ladder, work=False)
    await ladders.work_off(failing=2)

    page = await _page(shop, visitor, f"/orders/{placed[0].number}?key={placed[0].key}")

    assert "You paid ¥49.90, ¥10.00 is on its way back." in page


async def test_a_ladder_too_few_joined_says_so(shop: Tenant, visitor: Visitor) -> None:
    failed = await ladders.ladder(terms={"min_count": 5})
    kept = await ladders.ladder(terms={"min_count": 5, "below_min": "keep"})
    orders = {ladder.code: await campaigns.join_and_pay(ladder) for ladder in (failed, kept)}
    for ladder in (failed, kept):
        await ladders.finish(ladder)

    assert "Everybody gets back what was paid" in await _page(shop, visitor, f"/campaigns/{failed.code}")
    assert "Everybody keeps the price that was paid" in await _page(shop, visitor, f"/campaigns/{kept.code}")
    for code, words in ((failed.code, "gets back what was paid"), (kept.code, "keeps the price that was paid")):
        placed = orders[code]
        assert words in await _page(shop, visitor, f"/orders/{placed.number}?key={placed.key}")


async def test_somebody_else_does_not_read_what_i_paid(shop: Tenant, visitor: Visitor) -> None:
    ladder = await ladders.ladder()
    await campaigns.join_and_pay(ladder)

    assert "You paid" not in await _page(shop, visitor, f"/campaigns/{ladder.code}")
