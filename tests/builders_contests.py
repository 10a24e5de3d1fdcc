"""Builders for contests: drafts with good defaults, and contests that are open, over, or final."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import contests, promoters
from app.contests import Contest, ContestDraft
from app.flows import contest_count
from app.flows.run_contest import close_contest, open_contest, save_contest
from app.kernel.clock import now

HOUR = timedelta(hours=1)


def draft(*sides: Sequence[promoters.Promoter] | promoters.Promoter, **facts: Any) -> ContestDraft:
    """Net sales of everything since an hour ago; one prize of 500.00 unless said otherwise."""
    named = [
        (one.name, [one.id]) if isinstance(one, promoters.Promoter)
        else (" & ".join(each.name for each in one), [each.id for each in one])
        for one in sides
    ]  # fmt: skip
    made = ContestDraft(
        title="Harvest night", metric="net_sales", starts_at=now() - HOUR, ends_at=now() + HOUR, window_days=25,
        sides=named, prizes=[50_000], by_team=any(not isinstance(one, promoters.Promoter) for one in sides),
    )  # fmt: skip
    return msgspec.structs.replace(made, **facts)


async def opened(*sides: Sequence[promoters.Promoter] | promoters.Promoter, **facts: Any) -> UUID:
    contest = await save_contest(None, draft(*sides, **facts), by="Su He")
    await open_contest(contest, by="Su He")
    return contest


async def closed(contest: UUID) -> None:
    """By the merchant, a moment after everything so far was paid."""
    assert await close_contest(contest, by="Su He")


async def window_over(contest: UUID) -> None:
    """The time for refunds has passed."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE contest SET settles_by = now() - interval '1 minute' WHERE id = $1", contest
        )


async def found(contest: UUID) -> Contest:
    async with tenants.transaction():
        return await contests.find(contest)


async def live_board(contest: UUID) -> list[tuple[str, int]]:
    """Names and scores as they stand, the first place first."""
    async with tenants.transaction():
        sides = await contests.sides_of(contest)
        ranked = contests.ranked(await contest_count.tallies(contest, sides))
    names = {side.id: side.name for side in sides}
    return [(names[one.side], one.score) for one in ranked]


async def final_board(contest: UUID) -> list[tuple[str, int, int]]:
    """Names, scores and prizes of the frozen board."""
    async with tenants.transaction():
        names = {side.id: side.name for side in await contests.sides_of(contest)}
        return [(names[one.side], one.score, one.prize_amount) for one in await contests.results_of(contest)]


async def awards(contest: UUID) -> dict[UUID, int]:
    """What each promoter has won."""
    async with tenants.transaction():
        return {one.promoter: one.amount for one in await contests.awards_of(contest)}


async def reasons(contest: UUID) -> list[str]:
    async with tenants.transaction():
        return sorted(one.reason for one in await contests.frozen_orders(contest))
