"""Touches: every arrival that may count for somebody, appended and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.ids import new_id


class NewTouch(msgspec.Struct, frozen=True):
    """A qualifying click, with whose it is."""

    visitor_id: UUID
    kind: str
    promoter: UUID
    link: UUID
    live_session: UUID | None
    click: UUID
    occurred_at: datetime
    counted: bool


async def append_touches(touches: Sequence[NewTouch]) -> None:
    """One touch per click, however often a click is folded."""
    if not touches:
        return
    await tenants.connection().execute(
        "INSERT INTO touch (id, visitor_id, kind, promoter, link, live_session, click, occurred_at, evidence)"
        " SELECT t.id, t.visitor_id, t.kind, t.promoter, t.link, t.live_session, t.click,"
        " t.occurred_at, t.evidence::jsonb"
        " FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],"
        " $8::timestamptz[], $9::text[])"
        " AS t (id, visitor_id, kind, promoter, link, live_session, click, occurred_at, evidence)"
        " ON CONFLICT (click) DO NOTHING",
        [new_id() for _ in touches], [t.visitor_id for t in touches], [t.kind for t in touches],
        [t.promoter for t in touches], [t.link for t in touches], [t.live_session for t in touches],
        [t.click for t in touches], [t.occurred_at for t in touches],
        [msgspec.json.encode({"click": t.click, "counted": t.counted}).decode() for t in touches],
    )  # fmt: skip
