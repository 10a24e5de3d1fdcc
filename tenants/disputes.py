"""The platform's list of stores and shoppers who do not agree. It names the request; the store has the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

from tenants import platform

KEEP = """
INSERT INTO dispute (id, tenant, aftersale, opened_at, closed_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, aftersale) DO UPDATE SET closed_at = coalesce(EXCLUDED.closed_at, dispute.closed_at)
"""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    id: UUID
    tenant: UUID
    aftersale: UUID
    opened_at: datetime
    closed_at: datetime | None


async def keep(tenant: UUID, aftersale: UUID, *, opened_at: datetime, closed_at: datetime | None) -> None:
    """Safe to repeat, and in any order: what is closed stays closed."""
    async with platform.transaction() as database:
        await database.execute(KEEP, uuid7(), tenant, aftersale, opened_at, closed_at)


async def open_disputes(limit: int = 50) -> list[DisputeRow]:
    """Those nobody has ruled on, the one that waits longest first."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT id, tenant, aftersale, opened_at, closed_at FROM dispute WHERE closed_at IS NULL"
            " ORDER BY opened_at, id LIMIT $1",
            limit,
        )
    return [DisputeRow(**dict(row)) for row in rows]


async def closed_disputes(limit: int = 20) -> list[DisputeRow]:
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT id, tenant, aftersale, opened_at, closed_at FROM dispute WHERE closed_at IS NOT NULL"
            " ORDER BY closed_at DESC, id LIMIT $1",
            limit,
        )
    return [DisputeRow(**dict(row)) for row in rows]


async def find(dispute: UUID) -> DisputeRow | None:
    async with platform.transaction() as database:
        row = await database.fetchrow(
            "SELECT id, tenant, aftersale, opened_at, closed_at FROM dispute WHERE id = $1", dispute
        )
    return DisputeRow(**dict(row)) if row else None
