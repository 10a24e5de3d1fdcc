"""Clicks become touches and totals, exactly once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import tenants
from app import links
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as build


async def _tally(link: links.Link) -> links.Tally:
    async with tenants.transaction():
        return (await links.tallies_of([link.id]))[link.id]


async def _touch_kinds() -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT kind FROM touch ORDER BY occurred_at")
    return [row["kind"] for row in rows]


async def test_every_click_is_seen_and_only_people_count(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    for reason in ("", "", "prefetch", "not_a_page", "machine"):
        await build.click(link, reason=reason)

    await fold_clicks()

    tally = await _tally(link)
    assert (tally.raw_clicks, tally.clicks, tally.visitors) == (5, 2, 2)
    assert await _touch_kinds() == ["link", "link"]


async def test_a_flood_of_one_visitor_counts_once_in_thirty_seconds(shop: Tenant) -> None:
    link, visitor, start = await build.link(await build.promoter()), new_id(), now()
    async with tenants.transaction():
        flood = [build.click_of(link, visitor=visitor, at=start + timedelta(milliseconds=i)) for i in range(3_000)]
        await links.write_clicks(flood)
    await build.click(link, visitor=visitor, at=start + timedelta(seconds=40))

    while await fold_clicks(700):
        pass

    tally = await _tally(link)
    assert (tally.raw_clicks, tally.clicks, tally.visitors) == (3_001, 2, 1)


async def test_every_hour_of_a_link_is_told_apart(shop: Tenant) -> None:
    link, visitor = await build.link(await build.promoter()), new_id()
    noon = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=12)
    for minutes, reason in ((1, ""), (2, "prefetch"), (3, "paused"), (61, ""), (61.2, "")):
        await build.click(link, visitor=visitor, at=noon + timedelta(minutes=minutes), reason=reason)

    while await fold_clicks(2):
        pass

    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT * FROM link_hour ORDER BY hour")
    assert [tuple(row.values())[1:] for row in rows] == [
        (noon, 3, 1, 1, 1), (noon + timedelta(hours=1), 2, 1, 0, 0),
    ]  # fmt: skip


async def test_workers_side_by_side_count_each_click_once(shop: Tenant) -> None:
    link = await build.link(await build.promoter())
    async with tenants.transaction():
        await links.write_clicks([build.click_of(link) for _ in range(400)])

    async def worker() -> None:
        while await fold_clicks(50):
            pass

    await asyncio.gather(*(worker() for _ in range(4)))

    tally = await _tally(link)
    assert (tally.raw_clicks, tally.clicks, tally.visitors) == (400, 400, 400)


async def test_a_session_link_is_live_only_while_the_host_is_on_air(shop: Tenant) -> None:
    host = await build.promoter()
    session = await build.session(host)
    link = await build.link(host, session=session)
    await build.click(link, at=now() - timedelta(hours=1))
    await build.click(link)

    await fold_clicks()

    assert await _touch_kinds() == ["link", "live"]


async def test_another_store_sees_none_of_it(shop: Tenant, other_shop: Tenant) -> None:
    await build.click(await build.link(await build.promoter()))

    with tenants.bind(other_shop):
        assert await fold_clicks() == 0
        assert await _touch_kinds() == []
