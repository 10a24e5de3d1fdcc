"""Channels of a demo store with a few visits, and links made for several people at once: something to look at."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import tenants
from app import links, promoters
from app.flows.create_link import create_channel_link
from app.flows.create_links import create_links, create_team_links
from app.flows.fold_clicks import fold_clicks
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.links import Picks, Rates

NAMES = {
    "qinghe": (("地铁站海报", "高新园站 B 口"), ("公众号推文", "每周五"), "直播间短链"),
    "yizhan": (("Night market flyer", "handed out on Saturdays"), ("Newsletter", "every Friday"), "links of the show"),
}
# Arrivals of one day of the poster, three weeks back: people, and a machine now and then.
DAYS = (4, 7, 6, 11, 9, 15, 18, 8, 10, 12, 14, 13, 21, 24, 12, 9, 16, 17, 20, 26, 31)


async def put_up_links(slug: str, unit: int, host: UUID) -> None:
    """`unit` is one yuan, one dollar, in minor units; `host` signs in by this login."""
    async with tenants.transaction():
        if slug not in NAMES or await links.channels():
            return
    poster, letter, label = NAMES[slug]
    first = await _open(poster, Rates(click_amount=unit // 10, order_amount=2 * unit), spent=300 * unit)
    await _open(letter, Rates(sale_bps=500), spent=0)
    await _let_people_come(await create_channel_link(first, label=poster[1]))
    await _make_many(label, host)


async def _open(named: tuple[str, str], rates: Rates, *, spent: int) -> UUID:
    async with tenants.transaction():
        channel = await links.open_channel(*named, rates, by="demo")
        if spent:
            await links.add_spend(channel.id, (now() - timedelta(days=len(DAYS))).date(), spent, "", by="demo")
    return channel.id


async def _let_people_come(link: links.Link) -> None:
    midday = now().replace(hour=4, minute=0, second=0, microsecond=0)
    arrivals = [
        _click(link, midday - timedelta(days=len(DAYS) - day, minutes=-3 * number), machine=number % 9 == 8)
        for day, people in enumerate(DAYS)
        for number in range(people)
    ]
    async with tenants.transaction():
        await links.write_clicks(arrivals)
    await fold_clicks()


def _click(link: links.Link, at: datetime, *, machine: bool) -> links.Click:
    click_id, reason = new_id(), "machine" if machine else ""
    return links.Click(click_id, link.id, new_id(), at, not machine, reason, click_id.bytes, b"demo")


async def _make_many(label: str, host: UUID) -> None:
    async with tenants.transaction():
        people = await tenants.connection().fetch("SELECT id FROM promoter WHERE status = 'approved' LIMIT 5")
        goods = await tenants.connection().fetch(
            "SELECT id FROM product WHERE status = 'published' ORDER BY position, id LIMIT 2"
        )
    if people and goods:
        picks = Picks(promoters=[row["id"] for row in people], products=[row["id"] for row in goods], label=label)
        await create_links(picks, by="demo")
    async with tenants.transaction():
        own = await promoters.find_by_login(host)
    if own and goods:
        await create_team_links(host, Picks(promoters=[own.id], products=[row["id"] for row in goods], label=label))
