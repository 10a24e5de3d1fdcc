"""A click is acknowledged only after it is durable: group commit per store, a Valkey stream when PostgreSQL is away.

Visitors of one store who arrive within a few milliseconds share one transaction. Two flushers work side by side; a
batch that the database does not take within a second goes to the stream instead. When both are away the visitor is
told so.
"""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections import deque
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import asyncpg

import tenants
from app.kernel.errors import Refusal
from app.links import click_stream
from app.links.clicks import Click, write_clicks
from infra import redis
from infra.postgres import UNREACHABLE
from tenants import Tenant, outbox
from tenants.outbox import Wish

LARGEST_BATCH = 200
GATHER_SECONDS = 0.004
PATIENCE_SECONDS = 1.0
RESTART_SECONDS = 3.0
AGAIN_SECONDS = 0.05
PAUSE_SECONDS = 2.0
FLUSHERS = 2
RING_SECONDS = 0.1
FOLD = "attribution.fold_clicks"
Away = (*UNREACHABLE, asyncpg.PostgresError)


class ClickNotRecorded(Refusal):
    """Neither the database nor the stream took the click, so it is not acknowledged."""

    code = "links.click_not_recorded"
    status = 503
    message = "The store cannot be reached at this moment. Open the link again in a minute."


class _Batch:
    """Clicks of one store that will be durable together."""

    __slots__ = ("clicks", "opened_at", "tenant", "waiting")

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.clicks: list[Click] = []
        self.opened_at = time.monotonic()
        self.waiting: list[asyncio.Future[None]] = []

    def wait(self) -> asyncio.Future[None]:
        """One future per visitor: somebody who leaves takes nobody else along."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        return future

    def settle(self, error: Exception | None = None) -> None:
        for future in self.waiting:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)


class ClickLog:
    """One per process."""

    def __init__(self) -> None:
        self._open: dict[UUID, _Batch] = {}
        self._waiting: deque[_Batch] = deque()
        self._flushers = 0
        self._busy_lately = False
        self._paused_until = 0.0
        self._rung: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    async def record(self, tenant: Tenant, click: Click) -> None:
        """Returns when the click is durable. Raises ClickNotRecorded when it cannot be."""
        batch = self._open.get(tenant.id)
        if batch is None or len(batch.clicks) >= LARGEST_BATCH:
            batch = self._open[tenant.id] = _Batch(tenant)
            self._waiting.append(batch)
            if self._flushers < FLUSHERS:
                self._flushers += 1
                self._start(self._flush())
        batch.clicks.append(click)
        await batch.wait()

    async def _flush(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting.popleft()
                await self._gather(batch)
                if self._open.get(batch.tenant.id) is batch:
                    del self._open[batch.tenant.id]
                self._busy_lately = len(batch.clicks) > 2
                await self._store(batch)
        finally:
            self._flushers -= 1

    async def _gather(self, batch: _Batch) -> None:
        """A lone visitor is not kept waiting for company; in a rush a few milliseconds save most commits."""
        left = batch.opened_at + GATHER_SECONDS - time.monotonic()
        if self._busy_lately and left > 0 and len(batch.clicks) < LARGEST_BATCH:
            await asyncio.sleep(left)

    async def _store(self, batch: _Batch) -> None:
        try:
            await self._to_database(batch)
        except Away:
            try:
                await click_stream.append(batch.tenant.id, batch.clicks)
            except redis.Unavailable:
                batch.settle(ClickNotRecorded())
                return
        except BaseException as error:
            batch.settle(error if isinstance(error, Exception) else ClickNotRecorded())
            raise
        batch.settle()
        self._ring(batch.tenant.id)

    def _ring(self, tenant_id: UUID) -> None:
        """Wake the relay, not for every batch, and never while a visitor waits."""
        if time.monotonic() - self._rung.get(tenant_id, 0.0) > RING_SECONDS:
            self._rung[tenant_id] = time.monotonic()
            self._start(outbox.hint(tenant_id=tenant_id))

    async def _to_database(self, batch: _Batch) -> None:
        """Try until the database takes it or the patience is over.

        A killed backend takes the whole server down for a moment; waiting that moment out keeps the click in one safe
        place. The stream is for longer absences, and a database that hangs is not waited for twice.
        """
        if time.monotonic() < self._paused_until:
            raise TimeoutError
        deadline = time.monotonic() + RESTART_SECONDS
        while True:
            try:
                return await self._within_patience(batch)
            except Away as error:
                if isinstance(error, TimeoutError) or time.monotonic() > deadline:
                    self._pause()
                    raise
            await asyncio.sleep(AGAIN_SECONDS)

    async def _within_patience(self, batch: _Batch) -> None:
        """What is still running then may yet succeed: the same click in both places is one click."""
        task = self._start(_write(batch))
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)
        if not task.done():
            task.cancel()
            raise TimeoutError
        task.result()

    def _pause(self) -> None:
        """While the database is away nobody waits a second to find out."""
        self._paused_until = time.monotonic() + PAUSE_SECONDS

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Batches outlive the request that opened them, so they do not inherit its store or transaction."""
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _write(batch: _Batch) -> None:
    with tenants.bind(batch.tenant):
        await store_clicks(batch.clicks)


async def store_clicks(clicks: list[Click]) -> None:
    """One transaction: the rows, and the wish to have them folded."""
    async with tenants.transaction():
        await write_clicks(clicks, outbox.posting(Wish(FOLD, {}, key="fold"), wake=False))


CLICK_LOG = ClickLog()
