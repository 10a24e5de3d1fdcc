"""The outbox: a job exists if and only if the transaction that asked for it committed.

`post` writes a row in the store's own schema. After commit the caller's hint (the store's id) goes to Valkey and wakes the
relay; a lost hint costs a second, because the relay also visits every store by itself.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from uuid_utils.compat import uuid7

from infra import redis
from tenants import scope

Queue = Literal["critical", "default", "bulk"]

HINTS = "outbox:hints"


async def post(
    kind: str,
    *,
    queue: Queue = "default",
    key: str | None = None,
    delay: timedelta = timedelta(0),
    max_attempts: int = 12,
    **payload: Any,
) -> UUID:
    """Ask for a job inside the open transaction.

    `key` makes the wish idempotent: while a job with the same key still waits, no second one is written. Payload values are
    ids, numbers and short texts (JSON), never rows.
    """
    now = datetime.now(UTC)
    job_id = uuid7()
    await scope.connection().execute(
        "INSERT INTO outbox (id, kind, queue, payload, dedupe_key, status, attempts, max_attempts, run_at, last_error,"
        " created_at) VALUES ($1, $2, $3, $4, $5, 'due', 0, $6, $7, '', $8)"
        " ON CONFLICT (dedupe_key) WHERE dedupe_key IS NOT NULL AND status IN ('due', 'queued') DO NOTHING",
        job_id, kind, queue, msgspec.json.encode(payload).decode(), key, max_attempts, now + delay, now,
    )  # fmt: skip
    scope.ask_for_hint()
    return job_id


async def hint(*, tenant_id: UUID) -> None:
    """Wake the relay. Failing is allowed: the relay's own rounds find the row."""
    try:
        await cast("Awaitable[int]", redis.client().rpush(HINTS, str(tenant_id)))
    except redis.Unavailable:
        return


scope.announce_with(hint)
