"""The outbox: a job exists if and only if the transaction that asked for it committed.

`post` writes a row in the store's own schema. After commit the caller's hint (the store's id) goes to Valkey and
wakes the relay; a lost hint costs a second, because the relay also visits every store by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from infra import clock, redis
from tenants import scope, steps
from tenants.steps import Step

Queue = Literal["critical", "default", "bulk"]

HINTS = "outbox:hints"
LONGEST_RING = 8  # after so many rounds the next caller rings, so that nobody does it forever
INSERT = (
    "INSERT INTO outbox (id, kind, queue, payload, dedupe_key, status, attempts, max_attempts, run_at, last_error,"
    " created_at) VALUES ($1, $2, $3, $4, $5, 'due', 0, $6, $7, '', $8)"
    " ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('due', 'queued') DO NOTHING"
)

INSERT_ALL = """
posted AS (
    INSERT INTO outbox (id, kind, queue, payload, dedupe_key, status, attempts, max_attempts, run_at, last_error,
        created_at)
    SELECT id, kind, queue, payload, dedupe_key, 'due', 0, max_attempts, run_at, '', created_at
    FROM jsonb_to_recordset($1) AS job (id uuid, kind text, queue text, payload jsonb, dedupe_key text,
        max_attempts integer, run_at timestamptz, created_at timestamptz)
    ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('due', 'queued') DO NOTHING
)
"""
DONE = """
UPDATE outbox SET status = 'done', lease_until = NULL, finished_at = now(), last_error = ''
WHERE id = $1 AND attempts = $2 AND status = 'running'
"""
_to_ring: set[UUID] = set()
_ringing = asyncio.Lock()


@dataclass(frozen=True, slots=True)
class Wish:
    """One job to be asked for; the fields mean what the arguments of `post` mean."""

    kind: str
    payload: dict[str, Any]
    queue: Queue = "default"
    key: str | None = None
    delay: timedelta = timedelta(0)
    max_attempts: int = 12


@dataclass(slots=True)
class Job:
    """The attempt this task works on."""

    id: UUID
    attempt: int
    is_done: bool = False


_job: ContextVar[Job | None] = ContextVar("job_at_work", default=None)


@contextmanager
def at_work(job: Job) -> Iterator[None]:
    """Whoever is called from here works on this job."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)


def done_with_this() -> None:
    """The open transaction is the last thing the job of this task has to do: it is done if and only if that commits.

    It saves the worker a transaction of its own. Outside of a job it means nothing.
    """
    job = _job.get()
    if job is None:
        return

    async def note() -> None:
        job.is_done = True

    scope.commit_with((DONE, (job.id, job.attempt)))
    scope.after_commit(note)


async def post(
    kind: str,
    *,
    queue: Queue = "default",
    key: str | None = None,
    delay: timedelta = timedelta(0),
    max_attempts: int = 12,
    wake: bool = True,
    **payload: Any,
) -> UUID:
    """Ask for a job inside the open transaction.

    `key` makes the wish idempotent: while a job with the same key still waits, no second one is written. Payload
    values are ids, numbers and short texts (JSON), never rows. With `wake=False` the caller rings the doorbell itself
    (`hint`), because nothing may stand between its commit and its answer.
    """
    job_id = uuid7()
    now, body = clock.now(), msgspec.json.encode(payload).decode()
    await scope.connection().execute(INSERT, job_id, kind, queue, body, key, max_attempts, now + delay, now)
    if wake:
        scope.ask_for_hint()
    return job_id


async def post_all(*wishes: Wish) -> None:
    """Ask for several jobs in one round trip, for transactions that are counted in round trips."""
    await steps.take(posting(*wishes))


def posting(*wishes: Wish, wake: bool = True) -> Step:
    """The same as a step to be taken together with others, inside the transaction that is open now."""
    if wake:
        scope.ask_for_hint()
    at = clock.now()
    return Step(INSERT_ALL, (msgspec.json.encode([_row(wish, at) for wish in wishes]).decode(),))


def _row(wish: Wish, at: datetime) -> dict[str, Any]:
    return {
        "id": uuid7(), "kind": wish.kind, "queue": wish.queue, "payload": wish.payload, "dedupe_key": wish.key,
        "max_attempts": wish.max_attempts, "run_at": at + wish.delay, "created_at": at,
    }  # fmt: skip


async def hint(*, tenant_id: UUID) -> None:
    """Wake the relay. Failing is allowed: the relay's own rounds find the row.

    In a rush one caller rings for those who come while it rings; they do not wait.
    """
    _to_ring.add(tenant_id)
    if _ringing.locked():
        return
    async with _ringing:
        for _round in range(LONGEST_RING):
            if not _to_ring:
                return
            stores = [str(store) for store in _to_ring]
            _to_ring.clear()
            try:
                await cast("Awaitable[int]", redis.client().rpush(HINTS, *stores))
            except redis.Unavailable:
                return


scope.announce_with(hint)
