"""Whether one busy store slows the others: how long their jobs wait alone, and beside a store with very many."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable
from typing import cast

import tenants
from infra import redis
from tenants import Tenant, outbox
from tenants.outbox import Wish
from tests import builders
from tests.load.report import Line, limited, not_measured, percentile
from tests.load.stack import Stack
from tests.load.stamping_worker import KIND, STAMPS
from tests.load.stores import Stores

FLOOD = int(os.environ.get("FLOOD_JOBS", "10000"))
JOBS, PER_SECOND, AT_ONCE = 60, 10, 500
LONGER_THAN_ANY = 10**9  # what a flood's job stamps, whose moment is said to be long ago


async def one_busy_store(stack: Stack, stores: Stores) -> list[Line]:
    await stack.workers()
    busy = await builders.open_store("busy")
    await _waits(stores.window)  # workers that have just started are slower than they will be
    alone = await _waits(stores.window)
    with tenants.bind(busy):
        await _flood()
        beside = await _waits(stores.window)
        left = await _left()
    if min(len(alone), len(beside)) < JOBS:
        return [not_measured("jobs beside a busy store", f"{len(alone)} and {len(beside)} of {JOBS} were started")]
    one, other = percentile(alone, 0.95), percentile(beside, 0.95)
    note = f"{other:.0f} ms beside {FLOOD:,} jobs of one store ({left:,} left), {one:.0f} ms alone"
    return [limited("others' p95 beside a busy store", other / one, 1.25, "x", note=note, decimals=2)]


async def _flood() -> None:
    for start in range(0, FLOOD, AT_ONCE):
        async with tenants.transaction():
            count = min(AT_ONCE, FLOOD - start)
            await outbox.post_all(*(Wish(KIND, {"sent": 0}, "critical") for _ in range(count)))


async def _left() -> int:
    """How much of the flood was still there when the others were done: none would say that it was no flood."""
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE status <> 'done'")
    return count


async def _waits(store: Tenant) -> list[float]:
    """Milliseconds each of the store's jobs waited; those of the flood are told by their size."""
    await redis.client().delete(STAMPS)
    with tenants.bind(store):
        for _ in range(JOBS):
            async with tenants.transaction():
                await outbox.post(KIND, queue="critical", sent=time.time())
            await asyncio.sleep(1 / PER_SECOND)
    deadline = time.monotonic() + 30
    while True:
        found = await cast("Awaitable[list[bytes]]", redis.client().lrange(STAMPS, 0, -1))
        waited = [float(text) for text in found if float(text) < LONGER_THAN_ANY]
        if len(waited) >= JOBS or time.monotonic() > deadline:
            return waited
        await asyncio.sleep(0.1)
