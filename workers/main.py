"""A worker process: one queue, one arq worker at a time, back again whenever Valkey is."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import Any

import structlog
from arq.worker import Worker, func

from infra import logging, redis, wiring
from tenants import platform, scope
from workers.context import Handlers
from workers.forever import end, forever, until_it_works
from workers.hearing import hear_of_changes
from workers.picking import PickingWorker
from workers.queues import PLANS, QueuePlan, connect, decode, encode
from workers.registry import HANDLERS
from workers.runner import run_job

log = structlog.get_logger()

GRACE_SECONDS = 8.0  # the supervisor waits ten


def worker_settings(plan: QueuePlan, handlers: Handlers) -> dict[str, Any]:
    """Every setting by name: arq reads only what a settings class itself defines, so inheritance would be ignored."""
    return {
        "functions": [func(run_job, name="run_job", max_tries=3, keep_result=0)],
        "queue_name": plan.arq_name,
        "redis_pool": connect(plan),
        "ctx": {"handlers": handlers},
        "handle_signals": False,
        "max_jobs": plan.max_jobs,
        "job_timeout": plan.job_timeout,
        "keep_result": 0,
        "poll_delay": plan.poll_delay,
        "health_check_interval": 10,
        "retry_jobs": False,  # whether and when a job is tried again is written in its row
        "job_serializer": encode,
        "job_deserializer": decode,
        "log_results": False,
    }


async def serve(plan: QueuePlan, told_to_stop: asyncio.Event, handlers: Handlers = HANDLERS) -> None:
    """Work until told to stop. arq's worker ends when Valkey does; the next one starts after a short pause."""
    pause = 0.1
    while not told_to_stop.is_set():
        worker = PickingWorker(**worker_settings(plan, handlers))
        running = asyncio.create_task(worker.async_run())
        stop = asyncio.create_task(told_to_stop.wait())
        began = asyncio.get_running_loop().time()
        await asyncio.wait({running, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if running.done():
            log.warning("worker.lost_valkey", queue=plan.name, error=repr(running.exception()))
        await _drain(worker, running)
        if asyncio.get_running_loop().time() - began > 5:
            pause = 0.1
        with suppress(TimeoutError):
            await asyncio.wait_for(told_to_stop.wait(), pause)
        pause = min(pause * 2, 2.0)


async def _drain(worker: Worker, running: asyncio.Task[None]) -> None:
    """Take nothing new, let what runs come to its end, then hand the rest back."""
    worker.allow_pick_jobs = False
    if worker.tasks:
        await asyncio.wait(worker.tasks.values(), timeout=GRACE_SECONDS)
    await end([*worker.tasks.values(), running])
    await asyncio.gather(*worker.tasks.values(), running, return_exceptions=True)  # their failures are told already
    with suppress(*redis.Unavailable):
        await worker.pool.aclose(close_connection_pool=True)


async def _work(queue: str) -> None:
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    plan = PLANS[queue]
    await until_it_works(platform.open_pool, "platform pool")
    await until_it_works(scope.open_pools, "store pools")
    hearing = asyncio.create_task(forever(hear_of_changes, "directory"))
    try:
        await serve(plan, told_to_stop)
    finally:
        await end([hearing])
        await wiring.close()
        await scope.close_pools()
        await platform.close_pool()
        await redis.close()


def run_worker(queue: str) -> None:
    """Blocks until SIGTERM or Ctrl-C."""
    import uvloop

    logging.configure()
    uvloop.run(_work(queue))
