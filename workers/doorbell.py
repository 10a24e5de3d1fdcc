"""Ringing arq for claimed rows, and noticing when Valkey is away or came back empty."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import structlog
from arq.constants import job_key_prefix
from arq.jobs import serialize_job
from redis.asyncio.client import Pipeline

from infra.clock import now
from infra.redis import Unavailable
from workers.claims import Claim
from workers.queues import PLANS, connect, encode

log = structlog.get_logger()

MARK = "outbox:memory"
FUNCTION = "run_job"
# arq does what is due by the worker's own clock, first what has been due for longest: due in any case, and in order.
SKEW = timedelta(hours=12)
EXPIRES = timedelta(days=1)


class Doorbell:
    def __init__(self) -> None:
        self._client = connect()
        self._works = True

    async def ring(self, store_id: UUID, claims: tuple[Claim, ...]) -> bool:
        """Tell arq of all of them in one message; the same attempt twice is one job.

        False when Valkey did not answer (some may have been told).
        """
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for claim in claims:
                    _put(pipe, store_id, claim)
                await pipe.execute()
        except Unavailable as error:
            log.warning("doorbell.silent", error=repr(error))
            self._works = False
            return False
        return True

    async def works(self) -> None:
        """Return when Valkey answers: nothing is claimed while its bell could not be rung."""
        pause = 0.05
        while not self._works:
            try:
                await cast("Awaitable[bool]", self._client.ping())
                self._works = True
            except Unavailable:
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)

    async def lost_everything(self) -> bool:
        """Whether the mark we leave in Valkey is gone: flushed, or restarted without its data."""
        return not await self._client.exists(MARK)

    async def remember(self) -> None:
        await self._client.set(MARK, secrets.token_hex(8))


def _put(pipe: Pipeline, store_id: UUID, claim: Claim) -> None:
    """As arq's own `enqueue_job` does it, without asking first whether the job is known: then nothing is changed."""
    name, at = f"{claim.job_id}:{claim.attempt}", now()
    job = serialize_job(
        FUNCTION, (str(store_id), str(claim.job_id), claim.attempt), {}, None, _ms(at), serializer=encode
    )
    pipe.set(job_key_prefix + name, job, px=EXPIRES, nx=True)
    pipe.zadd(PLANS[claim.queue].arq_name, {name: _ms(at - SKEW)}, nx=True)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
