"""What the clock does for clicks: months made ahead and taken away, old clicks forgotten, traffic looked at."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app import links
from app.kernel.clock import now
from migrations import click_months
from tenants import outbox
from workers.context import Handlers, JobContext

MOST_BATCHES = 20


async def keep_clicks() -> None:
    """The owner's connection is opened only where something is missing or over."""
    moment = now()
    async with tenants.transaction():
        keep_from = moment - timedelta(days=await links.keep_days())
        parts = await links.parts()
    missing = [month for month in links.months_wanted(moment)[1:] if month.part not in parts]
    if missing or links.months_over(parts, keep_from):
        store = tenants.current()
        await click_months.keep_months(store.schema_name, store.cluster, moment, keep_from)
    for _round in range(MOST_BATCHES):
        async with tenants.transaction():
            gone = await links.forget_before(keep_from)
        if gone < links.BATCH:
            break


async def ask_for_a_look() -> None:
    """Once an hour, where anything came through links lately."""
    async with tenants.transaction():
        if await links.came_lately():
            await outbox.post("links.look_at_traffic", queue="bulk", key="links.look_at_traffic", max_attempts=3)


async def look_at_traffic(ctx: JobContext) -> None:
    async with tenants.transaction():
        await links.look_at_traffic()


HANDLERS: Handlers = {"links.look_at_traffic": look_at_traffic}
