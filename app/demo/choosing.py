"""The demo stores' selection rounds: their promoters are asked what to sell next."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import catalog, promoters, selection
from app.demo import people
from app.flows.run_selection import open_selection
from app.kernel.clock import now
from app.selection import RoundDraft

ROUNDS = {
    "qinghe": ("下一波卖什么？", "选两样你卖得动的，顺便写上预计件数。", ("阳澄湖大闸蟹", "洛川苹果")),
    "yizhan": ("下一波賣什麼？", "選兩樣你賣得動的，順便寫上預估件數。", ("手沖咖啡壺", "陶土香插")),
}


async def open_round(slug: str) -> None:
    """Once, and only where somebody could vote."""
    title, words, ideas = ROUNDS[slug]
    async with tenants.transaction():
        there = await selection.listed()
        voters = [each for each in await promoters.everyone() if each.status == "approved"]
        shelf = (await catalog.list_published(limit=2)).items
    if voters and not there:
        draft = RoundDraft(
            title=title, words=words, ends_at=now() + timedelta(days=14), most_votes=2,
            products=[card.id for card in shelf], ideas=ideas,
        )  # fmt: skip
        await open_selection(draft, by=people.MERCHANT.name)
