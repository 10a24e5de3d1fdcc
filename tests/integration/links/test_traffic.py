"""The traffic of links is looked at, and what was found is told with its reasons."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import links
from app.flows.decide_attribution import decide_attribution
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as build
from tests.faults import jobs
from workers.clicks import ask_for_a_look


async def _arrivals(link: links.Link, count: int, *, reason: str = "", apart: float = 3_600, seen: bool = True) -> None:
    start = now() - timedelta(days=6)
    clicks = [
        build.click_of(link, at=start + timedelta(seconds=apart * number), reason=reason) for number in range(count)
    ]
    async with tenants.transaction():
        await links.write_clicks(clicks)
    while await fold_clicks():
        pass
    if seen:
        async with tenants.transaction():
            for click in clicks:
                await links.note_page_seen(click.id, click.visitor_id)


async def _look() -> dict[UUID, links.Risk]:
    async with tenants.transaction():
        await links.look_at_traffic()
        rows = await tenants.connection().fetch("SELECT link FROM link_risk")
        return await links.risks_of([row["link"] for row in rows])


async def test_machines_make_a_link_worth_a_look(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await _arrivals(link, 20)
    await _arrivals(link, 80, reason="machine")

    found = (await _look())[link.id]

    assert found.arrivals == 100
    assert {sign.name: sign.percent for sign in found.signs}["screened"] == 80
    assert found.level in ("worth_a_look", "high")


async def test_a_crowd_at_once_that_opens_nothing_is_high(shop: Tenant) -> None:
    host = await build.promoter()
    usual, bought = await build.link(host), await build.link(host)
    await _arrivals(usual, 40)
    await _arrivals(bought, 60, apart=0.2, seen=False)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE click SET seen_at = clicked_at WHERE link = $1", usual.id)

    found = await _look()

    assert {sign.name for sign in found[bought.id].signs} >= {"unseen", "burst"}
    assert found[bought.id].level == "high"
    assert "unseen" not in {sign.name for sign in found[usual.id].signs}


async def test_where_no_page_was_ever_noted_nobody_is_blamed_for_it(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await _arrivals(link, 60, seen=False)

    assert "unseen" not in {sign.name for sign in (await _look())[link.id].signs}


async def test_a_handful_of_clicks_is_not_judged(shop: Tenant) -> None:
    await _arrivals(await build.link(await build.promoter()), 5, reason="machine")

    assert await _look() == {}


async def test_a_score_changes_nothing_about_what_is_paid(shop: Tenant) -> None:
    host, visitor = await build.promoter(rate_bps=1000), new_id()
    link = await build.link(host)
    await _arrivals(link, 80, reason="machine")
    await _look()
    await build.click(link, visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000,))

    await decide_attribution(order)

    async with tenants.transaction():
        amounts = await tenants.connection().fetch("SELECT amount, status FROM commission_line")
    assert [tuple(row.values()) for row in amounts] == [(1_000, "estimated")]


async def test_the_clock_asks_and_a_worker_looks(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    await _arrivals(link, 40, reason="machine")

    await ask_for_a_look()
    await jobs.work()

    async with tenants.transaction():
        assert set(await links.risks_of([link.id])) == {link.id}


async def test_another_stores_links_are_not_looked_at(shop: Tenant, other_shop: Tenant) -> None:
    await _arrivals(await build.link(await build.promoter()), 40)

    with tenants.bind(other_shop):
        assert await _look() == {}
