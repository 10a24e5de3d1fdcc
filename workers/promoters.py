"""Jobs about promoters themselves: levels that follow their sales."""

from __future__ import annotations

from datetime import date

from app.flows.review_levels import review_levels
from workers.context import Handlers, JobContext


async def review(context: JobContext, *, day: str) -> None:
    await review_levels(date.fromisoformat(day))


HANDLERS: Handlers = {"promoters.review_levels": review}
