"""The relay's side of the outbox: which rows of a store become jobs now, and when to look again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

import tenants
from workers.queues import PLANS

EXPIRED_AT_ONCE = 100
# A store at its cap with more to do is looked at again so soon; usually the end of one of its jobs is quicker.
CROWDED_SECONDS = 0.25
# A store takes its places one after the other: many jobs that begin in one breath keep those of the others waiting.
AT_A_LOOK, NEXT_LOOK_SECONDS = 3, 0.02
# Every queue's free places at once. What is due is read in order from an index of its own queue, so that ten thousand
# jobs of one queue cost the look at another nothing.
CLAIM = """
WITH free AS (
    SELECT plan.queue, plan.lease, greatest(0, plan.most - (SELECT count(*) FROM outbox AS held
        WHERE held.status IN ('queued', 'running') AND held.queue = plan.queue)) AS places
    FROM unnest($1::text[], $2::bigint[], $3::float8[]) AS plan(queue, most, lease)
), chosen AS (
    SELECT due.id, free.lease, free.places FROM free CROSS JOIN LATERAL (
        SELECT job.id FROM outbox AS job WHERE job.status = 'due' AND job.queue = free.queue AND job.run_at <= now()
        ORDER BY job.run_at, job.id LIMIT least(free.places, $4::bigint) FOR UPDATE SKIP LOCKED) AS due
)
UPDATE outbox SET status = 'queued', lease_until = now() + make_interval(secs => chosen.lease)
FROM chosen WHERE outbox.id = chosen.id RETURNING outbox.id, outbox.attempts, outbox.queue, chosen.places
"""
CAPS = (
    list(PLANS), [plan.per_store for plan in PLANS.values()], [plan.waiting_lease for plan in PLANS.values()],
    AT_A_LOOK,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is now `queued` and waits for its bell to be rung."""

    job_id: UUID
    attempt: int
    queue: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What a look at one store found, and in how many seconds something there will be due."""

    claims: tuple[Claim, ...]
    next_in: float | None


async def visit() -> Visit:
    """Give expired leases back, claim what is due within each queue's cap, and tell when to come again."""
    async with tenants.transaction():
        row = await _glance()
        if not row["lapsed"] and not row["due"]:
            return Visit((), row["next_in"])
        if row["lapsed"]:
            await _give_back_lapsed()
        rows = await tenants.connection().fetch(CLAIM, *CAPS)
    claims = (Claim(row["id"], row["attempts"], row["queue"]) for row in rows)
    moments = [moment for moment in (_again_in(rows), row["next_in"]) if moment is not None]
    return Visit(tuple(sorted(claims, key=lambda claim: str(claim.job_id))), min(moments, default=None))


def _again_in(rows: Sequence[Any]) -> float | None:
    """When to look for more of a store that took all it may at one look, or all its places in a queue."""
    taken = Counter(row["queue"] for row in rows)
    if AT_A_LOOK in taken.values():
        return NEXT_LOOK_SECONDS
    if not rows or any(taken[row["queue"]] == row["places"] for row in rows):
        return CROWDED_SECONDS
    return None


async def _glance() -> Any:
    """Two index look-ups: all an idle store costs."""
    return await tenants.connection().fetchrow(
        "SELECT EXISTS (SELECT 1 FROM outbox WHERE status IN ('queued', 'running') AND lease_until < now()) AS lapsed,"
        " EXISTS (SELECT 1 FROM outbox WHERE status = 'due' AND run_at <= now()) AS due,"
        " extract(epoch FROM least("
        "  (SELECT min(run_at) FROM outbox WHERE status = 'due' AND run_at > now()),"
        "  (SELECT min(lease_until) FROM outbox WHERE status IN ('queued', 'running') AND lease_until >= now())"
        " ) - now())::float8 AS next_in"
    )


async def _give_back_lapsed() -> None:
    """A worker died, or Valkey lost the bell. A job that keeps killing its worker is dead after its last attempt."""
    rows = await tenants.connection().fetch(
        "SELECT id, attempts - spared >= max_attempts AS spent FROM outbox"
        " WHERE status IN ('queued', 'running') AND lease_until < now() LIMIT $1 FOR UPDATE SKIP LOCKED",
        EXPIRED_AT_ONCE,
    )
    for row in rows:
        if row["spent"]:
            await bury(row["id"], "the worker died in every attempt")
        else:
            await make_due(row["id"], delay=0.0)


async def bury(job_id: UUID, reason: str) -> None:
    await tenants.connection().execute(
        "UPDATE outbox SET status = 'dead', lease_until = NULL, last_error = $2, finished_at = now() WHERE id = $1",
        job_id, reason[:2000],
    )  # fmt: skip


async def make_due(job_id: UUID, *, delay: float, error: str | None = None, spare: bool = False) -> None:
    """Back among the due. If meanwhile the same wish was posted anew, that one stands for both."""
    try:
        async with tenants.savepoint():
            await tenants.connection().execute(
                "UPDATE outbox SET status = 'due', lease_until = NULL, run_at = now() + make_interval(secs => $2),"
                " last_error = coalesce($3, last_error), spared = spared + $4 WHERE id = $1",
                job_id, delay, error and error[:2000], int(spare),
            )  # fmt: skip
    except UniqueViolationError:
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'done', lease_until = NULL, finished_at = now(),"
            " last_error = 'superseded by a newer wish with the same key' WHERE id = $1",
            job_id,
        )


async def unclaim(claims: tuple[Claim, ...]) -> None:
    """The bell could not be rung: do not wait for the lease."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'due', lease_until = NULL WHERE id = ANY($1) AND status = 'queued'",
            [claim.job_id for claim in claims],
        )


async def forget_bells() -> None:
    """Valkey lost everything: every row that waited for its bell is due again."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'due', lease_until = NULL WHERE status = 'queued'"
        )


async def delete_done(before: datetime) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM outbox WHERE status = 'done' AND finished_at < $1", before)
