"""The job that ends a selection round on time."""

from __future__ import annotations

from uuid import UUID

from app.flows.run_selection import close_selection
from workers.context import Handlers, JobContext


async def close_one(context: JobContext, *, round_id: str) -> None:
    await close_selection(UUID(round_id))


HANDLERS: Handlers = {"selection.close": close_one}
