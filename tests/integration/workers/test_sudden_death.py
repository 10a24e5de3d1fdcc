"""Workers are killed, told to stop, and lose Valkey; jobs survive all of it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from infra import redis
from infra.settings import ROOT
from tenants import Tenant
from tests.builders_running import finished, post, relaying, working
from workers.context import JobContext


@asynccontextmanager
async def worker_process() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.workers.hanging_worker", cwd=ROOT
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_a_killed_workers_job_goes_on_elsewhere_when_its_lease_ends(shop: Tenant) -> None:
    async with relaying():
        job_id = await post("test.hang")
        async with worker_process() as first:
            await finished(job_id, "running")
            first.kill()
            await first.wait()

        async with worker_process():
            row = await finished(job_id)

    assert row["attempts"] == 2


async def test_a_worker_told_to_stop_ends_what_it_began(shop: Tenant) -> None:
    async with relaying(), worker_process() as process:
        job_id = await post("test.slow")
        await finished(job_id, "running")

        process.send_signal(signal.SIGTERM)

        assert await asyncio.wait_for(process.wait(), 120) == 0
        row = await finished(job_id)

    assert row["attempts"] == 1


async def test_a_living_worker_keeps_its_lease(shop: Tenant) -> None:
    async with relaying(), worker_process():
        job_id = await post("test.hang")
        await finished(job_id, "running")

        await asyncio.sleep(3.5)  # more than two leases

        assert (await finished(job_id, "running"))["attempts"] == 1


async def test_a_worker_whose_connections_are_cut_comes_back(shop: Tenant) -> None:
    seen: list[int] = []

    async def note(context: JobContext) -> None:
        seen.append(context.attempt)

    async with relaying(), working({"test.note": note}):
        await finished(await post("test.note"))
        await redis.client().client_kill_filter(_type="normal", skipme=True)
        await finished(await post("test.note"))

    assert seen == [1, 1]
