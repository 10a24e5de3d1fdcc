"""Jobs of the night: the books added up anew, and yesterday's statements of the payment providers."""

from __future__ import annotations

from datetime import date

from app.flows.recompute_books import recompute_books
from workers.context import Handlers, JobContext


async def nightly(context: JobContext, *, day: str) -> None:
    await recompute_books(date.fromisoformat(day))


HANDLERS: Handlers = {"reconciliation.nightly": nightly}
