"""A worker's side of the outbox: leasing a row, keeping the lease, and writing down how the attempt ended.

Every statement names the attempt, so a worker whose lease ran out and whose job went to another can change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import msgspec

import tenants
from tenants import outbox, scope
from tenants.outbox import Job
from workers import claims
from workers.context import JobContext, Payload
from workers.queues import PLANS


@dataclass(frozen=True, slots=True)
class Lease:
    """One row in this worker's hands."""

    context: JobContext
    payload: Payload
    seconds: float
    job: Job
    is_crowded: bool  # the store had more to do than places when this was taken


async def lease(job_id: UUID, attempt: int) -> Lease | None:
    """Take the row for attempt number `attempt` + 1, or None when it is not ours to do any more."""
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "UPDATE outbox SET status = 'running', attempts = attempts + 1, lease_until = now() + make_interval(secs =>"
            " CASE queue WHEN 'critical' THEN $3::float8 WHEN 'default' THEN $4::float8 ELSE $5::float8 END)"
            " WHERE id = $1 AND attempts = $2 AND status IN ('due', 'queued')"
            " RETURNING kind, queue, payload, attempts, max_attempts, spared,"
            " EXISTS (SELECT 1 FROM outbox WHERE status = 'due' AND run_at <= now()) AS crowded",
            job_id, attempt, *(PLANS[name].running_lease for name in ("critical", "default", "bulk")),
        )  # fmt: skip
    if row is None:
        return None
    context = JobContext(job_id, row["kind"], row["attempts"], row["max_attempts"], row["spared"])
    seconds, job = PLANS[row["queue"]].running_lease, Job(job_id, row["attempts"])
    return Lease(context, msgspec.json.decode(row["payload"]), seconds, job, row["crowded"])


async def renew(held: Lease) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE outbox SET lease_until = now() + make_interval(secs => $3)"
            " WHERE id = $1 AND attempts = $2 AND status = 'running'",
            held.context.job_id, held.context.attempt, held.seconds,
        )  # fmt: skip


async def finish(held: Lease) -> None:
    """Done, unless its handler's own last transaction has said so. The place that became free is told if it is wanted.

    What came to be due only after this was leased finds the place when the relay looks again, which it does soon.
    """
    if not held.job.is_done:
        async with tenants.transaction():
            scope.commit_with((outbox.DONE, (held.context.job_id, held.context.attempt)))
    if held.is_crowded:
        await outbox.hint(tenant_id=tenants.current().id)


async def put_off(held: Lease, *, seconds: float, error: str, spare: bool = False) -> None:
    """Once more later; the relay is told, because only it keeps the time. A spared attempt does not count."""
    async with tenants.transaction():
        if await _still_ours(held):
            await claims.make_due(held.context.job_id, delay=seconds, error=error, spare=spare)
        scope.ask_for_hint()


async def give_up(held: Lease, error: str) -> None:
    async with tenants.transaction():
        if await _still_ours(held):
            await claims.bury(held.context.job_id, error)
        if await _more_is_due():
            scope.ask_for_hint()


async def _still_ours(held: Lease) -> bool:
    return bool(
        await tenants.connection().fetchval(
            "SELECT 1 FROM outbox WHERE id = $1 AND attempts = $2 AND status = 'running' FOR UPDATE",
            held.context.job_id, held.context.attempt,
        )
    )  # fmt: skip


async def _more_is_due() -> bool:
    """A store at its cap has rows waiting; the place that just became free is theirs."""
    return bool(
        await tenants.connection().fetchval(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE status = 'due' AND run_at <= now())"
        )
    )
