"""The relay's side of the outbox: which rows of a store become jobs now, and when to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

import tenants
from workers.queues import PLANS, QueuePlan

EXPIRED_AT_ONCE = 100


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
        claims: list[Claim] = []
        for plan in PLANS.values():
            claims.extend(await _claim(plan))
        after = await _glance()
        return Visit(tuple(claims), after["next_in"])


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


async def _claim(plan: QueuePlan) -> list[Claim]:
    rows = await tenants.connection().fetch(
        "UPDATE outbox SET status = 'queued', lease_until = now() + make_interval(secs => $3) WHERE id IN ("
        " SELECT id FROM outbox WHERE status = 'due' AND queue = $1 AND run_at <= now() ORDER BY run_at, id"
        " LIMIT greatest(0, $2::bigint -"
        " (SELECT count(*) FROM outbox WHERE status IN ('queued', 'running') AND queue = $1))"
        " FOR UPDATE SKIP LOCKED) RETURNING id, attempts, queue",
        plan.name, plan.per_store, plan.waiting_lease,
    )  # fmt: skip
    return [Claim(row["id"], row["attempts"], row["queue"]) for row in sorted(rows, key=lambda row: str(row["id"]))]


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
