"""Jobs of contests: closed on time, counted when everything has settled, prizes paid. The clock asks for what a lost
job left."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import contests
from app.flows.award_prizes import pay_prizes
from app.flows.run_contest import THE_CLOCK, close_contest, settle_contest
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

NEXT = {"open": "contests.close", "closed": "contests.settle", "final": "contests.pay"}


async def close_one(context: JobContext, *, contest_id: str) -> None:
    await close_contest(UUID(contest_id), by=THE_CLOCK)


async def settle_one(context: JobContext, *, contest_id: str) -> None:
    await settle_contest(UUID(contest_id))


async def pay_one(context: JobContext, *, contest_id: str) -> None:
    await pay_prizes(UUID(contest_id))


async def look_after_contests() -> None:
    """Ask for the next step of every contest that may be due one; the same wish twice is one."""
    async with tenants.transaction():
        for contest in await contests.waiting(now()):
            kind = NEXT[contest.status]
            await outbox.post(kind, queue="bulk", key=f"{kind}:{contest.id}", contest_id=contest.id)


HANDLERS: Handlers = {"contests.close": close_one, "contests.settle": settle_one, "contests.pay": pay_one}
