"""Touches: every arrival that may count for somebody, appended and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

import msgspec

import tenants
from app.kernel.ids import new_id


class NewTouch(msgspec.Struct, frozen=True):
    """A qualifying click, with whose it is."""

    visitor_id: UUID
    kind: str
    promoter: UUID | None
    link: UUID
    live_session: UUID | None
    click: UUID
    occurred_at: datetime
    counted: bool
    channel: UUID | None = None


class Appended(msgspec.Struct, frozen=True):
    """A promoter's touch as it was written: what binding a shopper needs to know of it."""

    id: UUID
    visitor_id: UUID
    kind: str
    promoter: UUID
    link: UUID
    occurred_at: datetime


async def append_touches(touches: Sequence[NewTouch]) -> list[Appended]:
    """One touch per click, however often a click is folded; the promoters' new ones, in the order they happened."""
    if not touches:
        return []
    rows = await tenants.connection().fetch(
        "INSERT INTO touch (id, visitor_id, kind, promoter, link, live_session, click, occurred_at, evidence,"
        " channel) SELECT t.id, t.visitor_id, t.kind, t.promoter, t.link, t.live_session, t.click,"
        " t.occurred_at, t.evidence::jsonb, t.channel"
        " FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[],"
        " $8::timestamptz[], $9::text[], $10::uuid[])"
        " AS t (id, visitor_id, kind, promoter, link, live_session, click, occurred_at, evidence, channel)"
        " ON CONFLICT (click) DO NOTHING RETURNING id, visitor_id, kind, promoter, link, occurred_at",
        [new_id() for _ in touches], [t.visitor_id for t in touches], [t.kind for t in touches],
        [t.promoter for t in touches], [t.link for t in touches], [t.live_session for t in touches],
        [t.click for t in touches], [t.occurred_at for t in touches],
        [msgspec.json.encode({"click": t.click, "counted": t.counted}).decode() for t in touches],
        [t.channel for t in touches],
    )  # fmt: skip
    mine = (Appended(*row.values()) for row in rows if row["promoter"])
    return sorted(mine, key=lambda touch: (touch.occurred_at, touch.id))


async def append_claim(
    *, order_id: UUID, visitor_id: UUID, customer: UUID | None, kind: str, promoter: UUID, at: datetime, code: str
) -> UUID:
    """The touch of a code or coupon that an order came with; the order decided anew finds the same one."""
    touch = uuid5(order_id, f"{kind}:{promoter}")
    await tenants.connection().execute(
        "INSERT INTO touch (id, visitor_id, customer, kind, promoter, occurred_at, evidence)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        touch, visitor_id, customer, kind, promoter, at,
        msgspec.json.encode({"order": order_id, "code": code}).decode(),
    )  # fmt: skip
    return touch


async def append_lock(visitor_id: UUID, customer: UUID, promoter: UUID, at: datetime, binding: UUID) -> UUID:
    """The touch by which a binding goes with the shopper from the browser to the account."""
    touch = new_id()
    await tenants.connection().execute(
        "INSERT INTO touch (id, visitor_id, customer, kind, promoter, occurred_at, evidence)"
        " VALUES ($1, $2, $3, 'lock', $4, $5, $6)",
        touch, visitor_id, customer, promoter, at, msgspec.json.encode({"binding": binding}).decode(),
    )  # fmt: skip
    return touch
