"""What merchants and hosts tell promoters: to all of them, a kind, a level, or the hosts and sharers of a session.

    shown -> withdrawn

An edit shows the new words to everybody, as unread again. What was withdrawn is seen by nobody but who wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

LONGEST_TITLE, LONGEST_BODY = 80, 2000
AUDIENCES = {
    "all": N_("All promoters"),
    "kind": N_("Promoters of one kind"),
    "level": N_("Promoters of one level"),
    "session": N_("Hosts and sharers of a session"),
}


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """`author` is nobody when the store itself speaks."""

    id: UUID
    author: UUID | None
    author_name: str
    title: str
    body: str
    audience: Literal["all", "kind", "level", "session"]
    kind: str | None
    level: UUID | None
    session: UUID | None
    mailed: bool
    status: Literal["shown", "withdrawn"]
    published_at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    body: str
    audience: str = "all"
    kind: str | None = None
    level: UUID | None = None
    session: UUID | None = None
    mailed: bool = False


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads; `sessions` are those they host or share."""

    promoter: UUID
    kinds: Sequence[str]
    level: UUID | None
    sessions: Sequence[UUID]


COLUMNS = """id, author, author_name, title, body, audience, kind, level, session, mailed, status, published_at,
    edited_at, withdrawn_at"""
# $1 the reader, $2 kinds, $3 the level, $4 sessions.
FOR_READER = """status = 'shown' AND CASE audience WHEN 'kind' THEN kind = ANY($2::text[]) WHEN 'level' THEN level = $3
    WHEN 'session' THEN session = ANY($4::uuid[]) ELSE true END AND author IS DISTINCT FROM $1"""
READ = f"""
SELECT {COLUMNS}, EXISTS (SELECT 1 FROM announcement_reading WHERE announcement = announcement.id AND promoter = $1
    AND read_at >= coalesce(edited_at, published_at)) AS was_read
FROM announcement WHERE {FOR_READER} ORDER BY published_at DESC, id DESC LIMIT 50
"""  # noqa: S608 - constants only
UNREAD = f"""
SELECT count(*) FROM announcement WHERE {FOR_READER} AND NOT EXISTS (SELECT 1 FROM announcement_reading AS seen
    WHERE seen.announcement = announcement.id AND seen.promoter = $1
        AND seen.read_at >= coalesce(edited_at, published_at))
"""  # noqa: S608 - constants only


def check(draft: Draft) -> None:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    if not 0 < len(draft.title.strip()) <= LONGEST_TITLE:
        wrong["title"] = N_("Between 1 and 80 characters.")
    if not 0 < len(draft.body.strip()) <= LONGEST_BODY:
        wrong["body"] = N_("Between 1 and 2000 characters.")
    named = {"kind": draft.kind, "level": draft.level, "session": draft.session}
    if draft.audience not in AUDIENCES or (draft.audience in named and not named[draft.audience]):
        wrong["audience"] = N_("Say who shall read it.")
    if wrong:
        raise InvalidInput(wrong)


async def post_announcement(draft: Draft, *, author: UUID | None, author_name: str) -> Announcement:
    """Everybody it is for can read it now. Raises InvalidInput."""
    check(draft)
    named = {name: getattr(draft, name) if draft.audience == name else None for name in ("kind", "level", "session")}
    row = await tenants.connection().fetchrow(
        "INSERT INTO announcement (id, author, author_name, title, body, audience, kind, level, session, mailed,"  # noqa: S608 - constant
        f" published_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING {COLUMNS}",
        new_id(), author, author_name, draft.title.strip(), draft.body.strip(), draft.audience, named["kind"],
        named["level"], named["session"], draft.mailed, now(),
    )  # fmt: skip
    return _one(row)


async def edit(announcement: UUID, *, title: str, body: str, author: UUID | None) -> None:
    """Other words for the same people, unread again. Raises InvalidInput, and NotFound for somebody else's."""
    check(Draft(title=title, body=body))
    await _mine(
        "UPDATE announcement SET title = $3, body = $4, edited_at = $5 WHERE id = $1 AND status = 'shown'"
        " AND author IS NOT DISTINCT FROM $2 RETURNING true",
        announcement, author, title.strip(), body.strip(), now(),
    )  # fmt: skip


async def withdraw(announcement: UUID, *, author: UUID | None) -> None:
    """Nobody reads it any more; twice is once. Raises NotFound for somebody else's."""
    await _mine(
        "UPDATE announcement SET status = 'withdrawn', withdrawn_at = coalesce(withdrawn_at, $3) WHERE id = $1"
        " AND author IS NOT DISTINCT FROM $2 RETURNING true",
        announcement, author, now(),
    )  # fmt: skip


async def find(announcement: UUID) -> Announcement:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM announcement WHERE id = $1",  # noqa: S608 - constant
        announcement,
    )
    return _one(row)


async def written_by(author: UUID | None) -> list[Announcement]:
    """What this promoter, or (without one) the store, told; the newest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {COLUMNS} FROM announcement WHERE author IS NOT DISTINCT FROM $1"  # noqa: S608 - constant
        " ORDER BY published_at DESC, id DESC LIMIT 50",
        author,
    )
    return [_one(row) for row in rows]


async def readable(reader: Reader) -> list[tuple[Announcement, bool]]:
    """What is for this reader, the newest first, and whether it was read as it stands."""
    rows = await tenants.connection().fetch(READ, reader.promoter, reader.kinds, reader.level, reader.sessions)
    return [(_one({k: v for k, v in row.items() if k != "was_read"}), row["was_read"]) for row in rows]


async def count_unread(reader: Reader) -> int:
    count: int = await tenants.connection().fetchval(
        UNREAD, reader.promoter, reader.kinds, reader.level, reader.sessions
    )
    return count


async def note_read(reader: UUID, seen: Sequence[UUID]) -> None:
    await tenants.connection().executemany(
        "INSERT INTO announcement_reading (id, announcement, promoter, read_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (announcement, promoter) DO UPDATE SET read_at = excluded.read_at",
        [(new_id(), each, reader, now()) for each in sorted(seen)],
    )


async def _mine(statement: str, *values: object) -> None:
    if not await tenants.connection().fetchval(statement, *values):
        raise NotFound


def _one(row: Mapping[str, Any] | None) -> Announcement:
    if row is None:
        raise NotFound
    return Announcement(**row)
