"""Playing a part in a process of its own, which may die in it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Mapping
from pathlib import Path

from tests.faults import playing
from tests.faults.life import Part

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.playing"])


async def live(part: Part, known: Mapping[str, str], reached: Path) -> int | None:
    """Play the part in a process of its own. Returns how it ended: minus the signal that killed it."""
    wanted = ("DATABASE_URL", "PLATFORM_DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name in wanted or name.startswith("TUANZHOU_")}
    process = FORKS.Process(target=playing.play, args=(part, environment | dict(known), str(reached)))
    process.start()
    await asyncio.to_thread(process.join, 240)
    if process.is_alive():
        process.kill()
        raise AssertionError(f"{part.boundary}: the process hangs")
    return process.exitcode
