"""A session's report as it was written down: once, and never changed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Kept(msgspec.Struct, frozen=True):
    """`figures` is the report as JSON; what is in it is the writer's matter."""

    figures: str
    written_at: datetime


async def kept_of(session: UUID) -> Kept | None:
    """None while the report is provisional."""
    row = await tenants.connection().fetchrow(
        "SELECT figures, written_at FROM session_report WHERE session = $1", session
    )
    return Kept(row["figures"], row["written_at"]) if row else None


async def keep(session: UUID, figures: str) -> bool:
    """False when it was written before."""
    return bool(
        await tenants.connection().fetchval(
            "INSERT INTO session_report (id, session, figures, written_at) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (session) DO NOTHING RETURNING true",
            new_id(), session, figures, now(),
        )
    )  # fmt: skip
