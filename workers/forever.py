"""Keeping a task going while the servers it needs come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

import structlog

log = structlog.get_logger()

LONGEST_PAUSE = 5.0


async def forever(work: Callable[[], Awaitable[object]], name: str) -> None:
    """Run `work` again and again; a failure is logged and followed by a pause that grows to a few seconds."""
    pause = 0.1
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            await work()
        except Exception as error:
            # Whatever it was, this task is what brings the jobs: it must outlive the failure.
            log.warning("task.failed", task=name, error=repr(error), pause=round(pause, 1))
        if loop.time() - began > LONGEST_PAUSE:
            pause = 0.1
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def until_it_works(work: Callable[[], Awaitable[object]], name: str) -> None:
    """Repeat `work` until it once succeeds: for pools of a server that is not up yet."""
    pause = 0.1
    while True:
        try:
            await work()
            return
        except Exception as error:
            log.warning("start.waits", task=name, error=repr(error))
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def together(*works: Coroutine[Any, Any, object]) -> None:
    """Run all of them until one fails or the caller is canceled; then none is left."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel until they really end: Python 3.11's `wait_for` may swallow a cancellation that comes with its result."""
    tasks = list(tasks)
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait(left, timeout=0.5)
