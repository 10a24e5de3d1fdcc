"""A contest in each demo store: its two hosts against each other for a week, with a prize; the next week as a
draft; and a leaderboard to see."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import msgspec

import tenants
from app import contests, promoters
from app.contests import ContestDraft, LeaderboardSetting
from app.demo import people
from app.flows.run_contest import open_contest, save_contest
from app.kernel.clock import now

LASTS = timedelta(days=7)
PRIZE_UNITS = 200
WORDS = {
    "qinghe": ("周六丰收夜", "一周净销售额高者胜，退款会扣除。"),
    "yizhan": ("週末茶席對決", "一週淨銷售額高者勝，退款會扣除。"),
}

NEXT = {"qinghe": "下一周再战", "yizhan": "下週再戰"}


async def set_against(slug: str, host: UUID, sharer: UUID, unit: int) -> None:
    """Once."""
    title, words = WORDS[slug]
    async with tenants.transaction():
        if await contests.listed(1):
            return
        await contests.save_setting(LeaderboardSetting(shows="nicknames"))
        known = [await promoters.find_by_login(each) for each in (host, sharer)]
    sides = [(one.name, [one.id]) for one in known if one]
    draft = ContestDraft(
        title=title, words=words, metric="net_sales", starts_at=now(), ends_at=now() + LASTS, window_days=25,
        sides=sides, prizes=[PRIZE_UNITS * unit], cap_bps=500, is_public=True,
    )  # fmt: skip
    await open_contest(await save_contest(None, draft, by=people.MERCHANT.name), by=people.MERCHANT.name)
    later = msgspec.structs.replace(draft, title=NEXT[slug], starts_at=draft.ends_at, ends_at=draft.ends_at + LASTS)
    await save_contest(None, later, by=people.MERCHANT.name)
