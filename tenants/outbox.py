"""The outbox: a job exists if and only if the transaction that asked for it committed.

`post` writes a row in the store's own schema. After commit the caller's hint (the store's id) goes to Valkey and
wakes the relay; a lost hint costs a second, because the relay also visits every store by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from infra import redis
from tenants import scope

Queue = Literal["critical", "default", "bulk"]

HINTS = "outbox:hints"
INSERT = (
    "INSERT INTO outbox (id, kind, queue, payload, dedupe_key, status, attempts, max_attempts, run_at, last_error,"
    " created_at) VALUES ($1, $2, $3, $4, $5, 'due', 0, $6, $7, '', $8)"
    " ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('due', 'queued') DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """One job to be asked for; the fields mean what the arguments of `post` mean."""

    kind: str
    payload: dict[str, Any]
    queue: Queue = "default"
    key: str | None = None
    delay: timedelta = timedelta(0)
    max_attempts: int = 12


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
    await scope.connection().execute(INSERT, *_row(job_id, Wish(kind, payload, queue, key, delay, max_attempts)))
    if wake:
        scope.ask_for_hint()
    return job_id


async def post_all(*wishes: Wish) -> None:
    """Ask for several jobs in one round trip, for transactions that are counted in round trips."""
    await scope.connection().executemany(INSERT, [_row(uuid7(), wish) for wish in wishes])
    scope.ask_for_hint()


def _row(job_id: UUID, wish: Wish) -> tuple[Any, ...]:
    now = datetime.now(UTC)
    payload = msgspec.json.encode(wish.payload).decode()
    return (job_id, wish.kind, wish.queue, payload, wish.key, wish.max_attempts, now + wish.delay, now)


async def hint(*, tenant_id: UUID) -> None:
    """Wake the relay. Failing is allowed: the relay's own rounds find the row."""
    try:
        await cast("Awaitable[int]", redis.client().rpush(HINTS, str(tenant_id)))
    except redis.Unavailable:
        return


scope.announce_with(hint)
