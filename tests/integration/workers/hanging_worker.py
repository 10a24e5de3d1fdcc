"""A worker process for tests of sudden death: its first attempt at a job never ends, the next one does at once."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace

from tenants import platform, scope
from workers.context import JobContext
from workers.main import serve
from workers.queues import PLANS

LEASE_SECONDS = 1.5


async def hang_once(context: JobContext) -> None:
    if context.attempt == 1:
        await asyncio.sleep(600)


async def finish_slowly(context: JobContext) -> None:
    await asyncio.sleep(0.8)


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    PLANS["critical"] = replace(PLANS["critical"], running_lease=LEASE_SECONDS)
    await platform.open_pool()
    await scope.open_pools()
    await serve(PLANS["critical"], stop, {"test.hang": hang_once, "test.slow": finish_slowly})


if __name__ == "__main__":
    asyncio.run(main())
