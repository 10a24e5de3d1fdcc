"""Killing things at random, repeatably: the same seed kills the same things in the same order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx

from infra import embedded, redis
from infra.settings import settings
from tests.faults.fleet import Fleet
from tests.faults.shoppers import Record

FAULTS = ("web", "relay", "worker-critical", "worker-default", "valkey", "flush", "postgres")


class Monkey:
    """Every kind of fault comes once before any comes twice; `first` comes before all others."""

    def __init__(
        self, fleet: Fleet, var: Path, dsn: str, seed: int, record: Record, *, first: tuple[str, ...] = ()
    ) -> None:
        self.fleet, self.var, self.dsn, self.record, self.first = fleet, var, dsn, record, first
        self.luck = random.Random(seed)
        self.done: list[str] = []

    async def run(self) -> None:
        """Until canceled."""
        while True:
            for fault in (*self.first, *self.luck.sample(FAULTS, len(FAULTS))):
                await asyncio.sleep(self.luck.uniform(0.8, 2.2))
                await self._wait_for_web()
                self.done.append(fault)
                await self._strike(fault)

    async def _wait_for_web(self) -> None:
        """On a slow machine a program needs longer to start than the next blow needs to come; then nobody could buy."""
        async with httpx.AsyncClient(trust_env=False, timeout=1) as client:
            for _ in range(100):
                with suppress(httpx.HTTPError):
                    await client.get(f"http://127.0.0.1:{settings().port}/health/live")
                    return
                await asyncio.sleep(0.2)

    async def _strike(self, fault: str) -> None:
        match fault:
            case "valkey":
                await self.kill_valkey()
            case "flush":
                await _flush()
            case "postgres":
                await self._kill_backend()
            case program:
                self.fleet.kill(program)

    async def kill_valkey(self) -> None:
        """SIGKILL, then orders are paid without it, then a new one with what its file remembers."""
        client = redis.make_client()
        try:
            for _ in range(100):  # see FLUSH: its file may lack the last second
                if not await client.xlen("clicks"):
                    break
                await asyncio.sleep(0.1)
            pid = (await client.info("server"))["process_id"]
        except redis.Unavailable:
            return
        finally:
            await client.aclose()
        os.kill(int(pid), signal.SIGKILL)
        await self._until_paid(4)
        await asyncio.to_thread(lambda: embedded.ensure(self.var, need=("valkey",)))

    async def _until_paid(self, more: int) -> None:
        """Faults in a pause of the shopping prove nothing, however slow the machine: wait for payments, 8 s at most."""
        enough = len(self.record.paid) + more
        for _ in range(80):
            if len(self.record.paid) >= enough:
                break
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.7)  # their webhooks are on the way

    async def make_whole(self) -> None:
        """The storm is over: what has no supervisor of its own is started again."""
        await asyncio.to_thread(lambda: embedded.ensure(self.var))

    async def _kill_backend(self) -> None:
        """SIGKILL of one server process: PostgreSQL ends all others and recovers from its log."""
        try:
            owner: Any = await asyncpg.connect(self.dsn, timeout=5)
            pids = await owner.fetch(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            await owner.close()
        except (OSError, asyncpg.PostgresError, TimeoutError):
            return
        if pids:
            os.kill(self.luck.choice(pids)["pid"], signal.SIGKILL)


# While PostgreSQL is away an acknowledged click lives in Valkey alone until it is drained. Taking both away within the
# same seconds is outside of the promise, so the flush waits for an empty stream, in one step lest a click slip in.
FLUSH = "if redis.call('XLEN', 'clicks') > 0 then return 0 end redis.call('FLUSHALL') return 1"


async def _flush() -> None:
    client = redis.make_client()
    try:
        for _ in range(100):
            if await cast("Awaitable[Any]", client.eval(FLUSH, 0)):
                return
            await asyncio.sleep(0.1)
    except redis.Unavailable:
        return
    finally:
        await client.aclose()
