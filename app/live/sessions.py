"""Live sessions: announced, on air, over. A link of a session counts as live only while the session is on air."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id

PLATFORMS = {
    "wechat_channels": N_("WeChat Channels"),
    "douyin": N_("Douyin"),
    "tiktok": N_("TikTok"),
    "youtube": N_("YouTube"),
    "own_embed": N_("Our own page"),
}
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_COLUMNS = (
    "id, promoter, title, platform, status, scheduled_at, started_at, ended_at, created_at, code, sharing, stream_url"
)


class LiveSession(msgspec.Struct, frozen=True, kw_only=True):
    """One time on air of a host."""

    id: UUID
    promoter: UUID
    title: str
    platform: str
    status: str
    scheduled_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    code: str | None = None
    sharing: str = "everyone"
    stream_url: str = ""

    @property
    def is_over(self) -> bool:
        return self.status in ("ended", "settled")

    def on_air_at(self, moment: datetime) -> bool:
        return (
            self.started_at is not None
            and self.started_at <= moment
            and (self.ended_at is None or moment <= self.ended_at)
        )


class SessionOver(Refusal):
    """A session that has ended does not come back."""

    code = "live.session_over"
    message = "This session has ended. Start a new one."


async def schedule(
    promoter: UUID, title: str, platform: str, starts_at: datetime | None = None, *, stream_url: str = ""
) -> LiveSession:
    code = "".join(secrets.choice(ALPHABET) for _ in range(8))
    row = await tenants.connection().fetchrow(
        "INSERT INTO live_session (id, promoter, title, platform, status, created_at, scheduled_at, code, stream_url)"  # noqa: S608 - constant
        f" VALUES ($1, $2, $3, $4, 'scheduled', $5, $6, $7, $8) RETURNING {_COLUMNS}",
        new_id(), promoter, title, platform, now(), starts_at, code, stream_url,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return LiveSession(**dict(row))


async def start(session_id: UUID) -> None:
    """Go on air; pressing it twice is once. Raises SessionOver."""
    status = await tenants.connection().fetchval(
        "UPDATE live_session SET status = 'live', started_at = coalesce(started_at, $2)"
        " WHERE id = $1 AND status IN ('scheduled', 'paused', 'live') RETURNING status",
        session_id, now(),
    )  # fmt: skip
    if status is None:
        raise SessionOver


async def end(session_id: UUID) -> None:
    """Off air; pressing it twice is once."""
    await tenants.connection().execute(
        "UPDATE live_session SET status = 'ended', ended_at = $2 WHERE id = $1 AND status NOT IN ('ended', 'settled')",
        session_id, now(),
    )  # fmt: skip


async def settle(session_id: UUID) -> None:
    """Its report is final; twice is once."""
    await tenants.connection().execute(
        "UPDATE live_session SET status = 'settled', settled_at = $2 WHERE id = $1 AND status = 'ended'",
        session_id, now(),
    )  # fmt: skip


async def find(session_id: UUID, *, lock: bool = False) -> LiveSession:
    """With `lock` nobody else moves it, its plan or its slots until COMMIT. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM live_session WHERE id = $1" + (" FOR NO KEY UPDATE" if lock else ""),  # noqa: S608 - constant
        session_id,
    )
    if row is None:
        raise NotFound
    return LiveSession(**dict(row))


async def find_by_code(code: str) -> LiveSession:
    """By the code in its page's address. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM live_session WHERE code = $1",  # noqa: S608 - constant
        code,
    )
    if row is None:
        raise NotFound
    return LiveSession(**dict(row))


SESSIONS = f"""
SELECT {_COLUMNS} FROM live_session
WHERE promoter = $1 OR id IN (SELECT session FROM live_host WHERE promoter = $1 AND status = 'accepted')
ORDER BY (status = 'live') DESC, created_at DESC, id DESC LIMIT $2
"""  # noqa: S608 - constants only


async def sessions_of(promoter: UUID, *, most: int = 50) -> list[LiveSession]:
    """What they planned or host with others: on air first, then the newest."""
    return [LiveSession(**row) for row in await tenants.connection().fetch(SESSIONS, promoter, most)]


async def sessions_by_id(session_ids: Sequence[UUID]) -> dict[UUID, LiveSession]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM live_session WHERE id = ANY($1::uuid[])",  # noqa: S608 - constant
        list(session_ids),
    )
    return {row["id"]: LiveSession(**dict(row)) for row in rows}
