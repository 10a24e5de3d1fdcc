"""The one arq function: lease the row, work in its store, write down the outcome. It never raises into arq."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import structlog

import tenants
from tenants import directory, outbox
from workers import attempts
from workers.attempts import Lease
from workers.context import GiveUp, Handlers, Postpone, Retry, backoff

log = structlog.get_logger()

# PostgreSQL may be restarting when a job is done: try to say so for most of a lease, then leave it to the lease.
SAY_SO_TRIES = (0.1, 0.3, 1.0, 2.0, 4.0)


async def run_job(ctx: dict[Any, Any], tenant_id: str, job_id: str, attempt: int) -> None:
    """Do one attempt. Whatever goes wrong before the lease is undone by the lease's end."""
    handlers: Handlers = ctx["handlers"]
    try:
        tenant = await directory.find(UUID(tenant_id))
        if tenant is None:
            return
        with tenants.bind(tenant):
            held = await attempts.lease(UUID(job_id), attempt)
            if held is not None:
                await _attempt(held, handlers)
    except Exception as error:
        log.warning("job.interrupted", job=job_id, error=repr(error))


async def _attempt(held: Lease, handlers: Handlers) -> None:
    context = held.context
    try:
        async with _kept(held):
            handler = handlers.get(context.kind)
            if handler is None:
                raise GiveUp(f"nobody handles {context.kind}")
            with outbox.at_work(held.job):
                await handler(context, **held.payload)
    except asyncio.CancelledError:
        # Told to stop (or took longer than the queue allows): hand the row back instead of letting the lease run out.
        await asyncio.shield(_say(lambda: attempts.put_off(held, seconds=0.2, error="stopped half way")))
        raise
    except GiveUp as error:
        reason = str(error)
        log.error("job.dead", job=context.job_id, kind=context.kind, reason=reason)
        await _say(lambda: attempts.give_up(held, reason))
    except Postpone as error:
        later, why = error.delay.total_seconds(), str(error)
        await _say(lambda: attempts.put_off(held, seconds=later, error=why, spare=True))
    except Exception as error:
        await _failed(held, error)
    else:
        await _say(lambda: attempts.finish(held))


async def _failed(held: Lease, error: Exception) -> None:
    context = held.context
    told = isinstance(error, Retry)
    reason = str(error) if told else repr(error)
    if context.last:
        log.error("job.dead", job=context.job_id, kind=context.kind, reason=reason)
        await _say(lambda: attempts.give_up(held, reason))
        return
    delay = (error.delay if isinstance(error, Retry) else None) or backoff(context.tries)
    # A Retry was foreseen; anything else is a defect or an outage, and its place in the code is wanted.
    log.info("job.put_off", job=context.job_id, kind=context.kind, reason=reason, exc_info=None if told else error)
    await _say(lambda: attempts.put_off(held, seconds=delay.total_seconds(), error=reason))


async def _say(word: Callable[[], Awaitable[None]]) -> None:
    for pause in SAY_SO_TRIES:
        try:
            await word()
            return
        except Exception as error:
            log.warning("job.outcome_unwritten", error=repr(error), pause=pause)
        await asyncio.sleep(pause)
    await word()


@asynccontextmanager
async def _kept(held: Lease) -> AsyncIterator[None]:
    """Renew the lease three times in its length, in a task of its own with its own transactions."""

    async def keep() -> None:
        while True:
            await asyncio.sleep(held.seconds / 3)
            try:
                await attempts.renew(held)
            except Exception as error:  # the next renewal, or the lease's end, sets it right
                log.warning("lease.not_renewed", job=held.context.job_id, error=repr(error))

    keeper = asyncio.create_task(keep())
    try:
        yield
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
