"""A worker of the critical queue with one more job: write down when it was started."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from typing import cast

from infra import redis
from workers.context import JobContext
from workers.main import run_worker
from workers.registry import HANDLERS

KIND = "bench.stamp"
STAMPS = "bench:stamps"


async def stamp(ctx: JobContext, sent: float) -> None:
    """Milliseconds from just before the commit that asked for the job to here."""
    waited = (time.time() - sent) * 1000
    await cast("Awaitable[int]", redis.client().rpush(STAMPS, f"{waited:.3f}"))


if __name__ == "__main__":
    HANDLERS[KIND] = stamp
    run_worker("critical")
