"""Running parts for tests: a relay and workers in this process, and what became of jobs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import tenants
from tenants import outbox
from workers.context import Handlers
from workers.main import serve
from workers.queues import PLANS
from workers.relay import Relay


async def eventually(look: Callable[[], Awaitable[Any]], *, within: float = 10.0) -> Any:
    """The first true answer of `look`; fails when there is none in time."""
    end = asyncio.get_running_loop().time() + within
    while True:
        found = await look()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def relaying() -> AsyncIterator[Relay]:
    """A real relay of its own; the test's stores are among those it looks after."""
    relay = Relay()
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def working(handlers: Handlers, queue: str = "critical") -> AsyncIterator[None]:
    """A real arq worker on one queue."""
    stop = asyncio.Event()
    task = asyncio.create_task(serve(replace(PLANS[queue]), stop, handlers))
    try:
        yield
    finally:
        stop.set()
        await task


async def post(kind: str, **more: Any) -> UUID:
    """A job of the bound store, committed; on `critical` unless said otherwise."""
    async with tenants.transaction():
        return await outbox.post(kind, **{"queue": "critical", **more})


async def job(job_id: UUID) -> Any:
    async with tenants.transaction():
        return await tenants.connection().fetchrow(
            "SELECT status, attempts, last_error, run_at, lease_until FROM outbox WHERE id = $1", job_id
        )


async def finished(job_id: UUID, status: str = "done", *, within: float = 10.0) -> Any:
    """Wait until the job has come to this end."""

    async def look() -> Any:
        row = await job(job_id)
        return row if row["status"] == status else None

    return await eventually(look, within=within)
