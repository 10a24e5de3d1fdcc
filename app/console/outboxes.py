"""The jobs of the stores: how many wait, what died and why, and another try.

Staff see of a store its outbox only, and of a job its kind, its counts and its error, never its payload. Every store is
visited by itself, a bounded number of them for one page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError

import tenants
from infra.postgres import UNREACHABLE
from tenants import Tenant, platform, scope

AT_MOST = 50
AT_ONCE = 4
DEAD_PER_STORE = 20
MORE_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue of one store. `later` counts what was asked for a moment that has not come."""

    store: Tenant
    queue: str
    due: int
    later: int
    running: int
    dead: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadJob:
    store: Tenant
    id: UUID
    kind: str
    queue: str
    attempts: int
    last_error: str
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Outboxes:
    """What a round of visits found."""

    depths: list[Depth]
    dead: list[DeadJob]
    visited: int
    stores: int
    unreached: int


async def look(slug: str = "") -> Outboxes:
    """Visit the stores with dead or waiting jobs first, then the newest; or one store only."""
    stores, count = await _stores_to_visit(slug)
    gate = asyncio.Semaphore(AT_ONCE)

    async def visit(store: Tenant) -> tuple[list[Depth], list[DeadJob]] | None:
        async with gate:
            try:
                return await _visit(store)
            except UNREACHABLE:
                return None  # one cluster away must not hide the others

    answers = await asyncio.gather(*(visit(store) for store in stores))
    found = [answer for answer in answers if answer is not None]
    dead = [job for _, jobs in found for job in jobs]
    dead.sort(key=lambda job: job.finished_at, reverse=True)
    depths = [depth for queues, _ in found for depth in queues]
    return Outboxes(depths, dead, len(found), count, len(answers) - len(found))


async def _stores_to_visit(slug: str) -> tuple[Sequence[Tenant], int]:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT t.id, t.slug, t.name, t.schema_name, t.cluster, t.status, t.plan, t.locale, t.currency,"
            " t.time_zone, t.selling_mode, t.schema_version, count(*) OVER () AS stores"
            " FROM tenant t LEFT JOIN tenant_health h ON h.tenant = t.id"
            " WHERE t.status <> 'deleted' AND ($1 = '' OR t.slug = $1)"
            " ORDER BY coalesce(h.jobs_dead, 0) > 0 DESC, coalesce(h.jobs_due, 0) DESC, t.created_at DESC LIMIT $2",
            slug, AT_MOST,
        )  # fmt: skip
    stores = [Tenant(**{name: value for name, value in row.items() if name != "stores"}) for row in rows]
    return stores, rows[0]["stores"] if rows else 0


async def _visit(store: Tenant) -> tuple[list[Depth], list[DeadJob]]:
    with tenants.bind(store):
        async with tenants.transaction():
            depths = await tenants.connection().fetch(
                "SELECT queue, count(*) FILTER (WHERE status = 'due' AND run_at <= now()) AS due,"
                " count(*) FILTER (WHERE status = 'due' AND run_at > now()) AS later,"
                " count(*) FILTER (WHERE status IN ('queued', 'running')) AS running,"
                " count(*) FILTER (WHERE status = 'dead') AS dead,"
                " min(run_at) FILTER (WHERE status = 'due' AND run_at <= now()) AS oldest_due_at"
                " FROM outbox WHERE status <> 'done' GROUP BY queue ORDER BY queue"
            )
            dead = await tenants.connection().fetch(
                "SELECT id, kind, queue, attempts, last_error, coalesce(finished_at, created_at) AS finished_at"
                " FROM outbox WHERE status = 'dead' ORDER BY outbox.finished_at DESC LIMIT $1",
                DEAD_PER_STORE,
            )
    return [Depth(store, **dict(row)) for row in depths], [DeadJob(store, **dict(row)) for row in dead]


async def revive(store: Tenant, job_id: UUID | None = None) -> int:
    """Make one dead job due again, or all of the store's. The attempts stay on record; a few more are allowed."""
    with tenants.bind(store):
        async with tenants.transaction():
            rows = await tenants.connection().fetch(
                "SELECT id FROM outbox WHERE status = 'dead' AND ($1::uuid IS NULL OR id = $1)"
                " ORDER BY finished_at LIMIT 1000 FOR UPDATE SKIP LOCKED",
                job_id,
            )
            for row in rows:
                await _revive_one(row["id"])
            if rows:
                scope.ask_for_hint()
    return len(rows)


async def _revive_one(job_id: UUID) -> None:
    """If the same wish was posted anew meanwhile, that one stands for both."""
    try:
        async with tenants.savepoint():
            await tenants.connection().execute(
                "UPDATE outbox SET status = 'due', lease_until = NULL, finished_at = NULL, run_at = now(),"
                " max_attempts = greatest(max_attempts, attempts - spared + $2) WHERE id = $1",
                job_id, MORE_ATTEMPTS,
            )  # fmt: skip
    except UniqueViolationError:
        await tenants.connection().execute(
            "UPDATE outbox SET status = 'done', last_error = 'superseded by a newer wish with the same key'"
            " WHERE id = $1",
            job_id,
        )
