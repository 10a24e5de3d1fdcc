"""Scores of customers who could recommend, counted every night and when the store asks."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import tenants
from app import koc
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

NIGHT_HOUR = 3  # by the store's own clock


async def count(context: JobContext) -> None:
    """One statement for the whole store; twice is once."""
    async with tenants.transaction():
        await koc.count_scores()


async def count_nightly() -> None:
    """Once a day of the store, when its night is nearly over."""
    zone = ZoneInfo(tenants.current().time_zone)
    local = now().astimezone(zone)
    if local.hour < NIGHT_HOUR:
        return
    async with tenants.transaction():
        last = await koc.last_counted()
        if last is None or last.astimezone(zone).date() < local.date():
            await outbox.post("koc.count", queue="bulk", key="koc.count", max_attempts=3)


HANDLERS: Handlers = {"koc.count": count}
