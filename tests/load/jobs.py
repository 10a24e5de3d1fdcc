"""How long a job waits: from the commit that asked for it to the first line of its handler."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import cast

import tenants
from infra import redis
from tenants import outbox
from tests.load.report import Line, limited, not_measured, percentile
from tests.load.stack import Stack
from tests.load.stamping_worker import KIND, STAMPS
from tests.load.stores import Stores

JOBS, PER_SECOND = 200, 40


async def pick_up(stack: Stack, stores: Stores) -> list[Line]:
    await stack.workers()
    with tenants.bind(stores.window):
        await _post(5)
        await _stamps(5)
        await redis.client().delete(STAMPS)
        await _post(JOBS)
    waited = await _stamps(JOBS)
    if len(waited) < JOBS:
        return [not_measured("job pick-up", f"{len(waited)} of {JOBS} jobs were started")]
    note = f"{JOBS} jobs, {PER_SECOND} a second"
    return [
        limited("job pick-up, p50", percentile(waited, 0.50), 100, "ms", note=note),
        limited("job pick-up, p99", percentile(waited, 0.99), 2_000, "ms", note=note),
    ]


async def _post(jobs: int) -> None:
    for _ in range(jobs):
        async with tenants.transaction():
            await outbox.post(KIND, queue="critical", sent=time.time())
        await asyncio.sleep(1 / PER_SECOND)


async def _stamps(wanted: int) -> list[float]:
    deadline = time.monotonic() + 20
    while True:
        found = await cast("Awaitable[list[bytes]]", redis.client().lrange(STAMPS, 0, -1))
        if len(found) >= wanted or time.monotonic() > deadline:
            return [float(text) for text in found]
        await asyncio.sleep(0.1)
