"""Killing things at random, repeatably: the same seed kills the same things in the same order."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path
from typing import Any

import asyncpg

from infra import embedded, redis
from tests.faults.fleet import Fleet

FAULTS = ("web", "relay", "worker-critical", "worker-default", "valkey", "flush", "postgres")


class Monkey:
    """Every kind of fault comes once before any comes twice."""

    def __init__(self, fleet: Fleet, var: Path, dsn: str, seed: int) -> None:
        self.fleet, self.var, self.dsn = fleet, var, dsn
        self.luck = random.Random(seed)
        self.done: list[str] = []

    async def run(self) -> None:
        """Until canceled."""
        while True:
            for fault in self.luck.sample(FAULTS, len(FAULTS)):
                await asyncio.sleep(self.luck.uniform(0.8, 2.2))
                self.done.append(fault)
                await self._strike(fault)

    async def _strike(self, fault: str) -> None:
        match fault:
            case "valkey":
                await self.kill_valkey(down_s=self.luck.uniform(0.5, 1.5))
            case "flush":
                await _flush()
            case "postgres":
                await self._kill_backend()
            case program:
                self.fleet.kill(program)

    async def kill_valkey(self, *, down_s: float) -> None:
        """SIGKILL, a while without, then a new one with what its file remembers."""
        client = redis.make_client()
        try:
            pid = (await client.info("server"))["process_id"]
        except redis.Unavailable:
            return
        finally:
            await client.aclose()
        os.kill(int(pid), signal.SIGKILL)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(lambda: embedded.ensure(self.var, need=("valkey",)))

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


async def _flush() -> None:
    client = redis.make_client()
    try:
        await client.flushall()
    except redis.Unavailable:
        return
    finally:
        await client.aclose()
