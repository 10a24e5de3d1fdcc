"""Jobs about what shoppers save with: points whose time is over."""

from __future__ import annotations

from datetime import date

from app.flows.expire_points import expire_points
from workers.context import Handlers, JobContext


async def expire(context: JobContext, *, day: str) -> None:
    await expire_points(date.fromisoformat(day))


HANDLERS: Handlers = {"promotions.expire_points": expire}
