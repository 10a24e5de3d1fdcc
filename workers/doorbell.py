"""Ringing arq for claimed rows, and noticing when Valkey is away or came back empty."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable
from datetime import timedelta
from typing import cast
from uuid import UUID

import structlog

from infra.clock import now
from infra.redis import Unavailable
from workers.claims import Claim
from workers.queues import PLANS, connect

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
        """Tell arq; the same attempt twice is one job. False when Valkey did not answer (some may have been told)."""
        try:
            for claim in claims:
                await self._client.enqueue_job(
                    FUNCTION, str(store_id), str(claim.job_id), claim.attempt,
                    _job_id=f"{claim.job_id}:{claim.attempt}", _queue_name=PLANS[claim.queue].arq_name,
                    _defer_until=now() - SKEW, _expires=EXPIRES,
                )  # fmt: skip
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
