"""Nights on which orders, warehouses and carriers were compared, and whom of the warehouses to ask about what."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.fulfillment.kinds import NOBODY_OUTSIDE
from app.kernel.clock import now
from app.kernel.ids import new_id

QUIET, RECENT = timedelta(minutes=30), timedelta(days=2)
# What a warehouse outside has, and what it sent a short while ago; younger news may still be on their way.
ASKED_ABOUT = """
SELECT id, reference, warehouse, status, ARRAY(SELECT tracking_number FROM fulfillment AS parcel
    WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled') AS parcels
FROM fulfillment_order AS work
WHERE ($1::uuid IS NULL OR id > $1) AND submitted_at IS NOT NULL AND updated_at < now() - $2::interval
    AND (status IN ('submitted', 'accepted', 'incomplete')
        OR (status = 'closed' AND updated_at > now() - $3::interval))
    AND warehouse IN (SELECT id FROM warehouse WHERE status = 'active' AND NOT adapter = ANY($5::text[]))
ORDER BY id LIMIT $4
"""


class AskedAbout(msgspec.Struct, frozen=True):
    """A work order as we have it; `parcels` are the tracking numbers that left."""

    id: UUID
    reference: str
    warehouse: UUID
    status: str
    parcels: list[str]


class GoodsCheck(msgspec.Struct, frozen=True):
    """`asked` work orders were asked about at their warehouses, `unanswered` of them without an answer."""

    day: date
    status: str
    asked: int
    unanswered: int
    differences: int
    amount: int
    started_at: datetime
    finished_at: datetime | None


_COLUMNS = "day, status, asked, unanswered, differences, amount, started_at, finished_at"


async def to_ask_about(after: UUID | None, limit: int) -> list[AskedAbout]:
    rows = await tenants.connection().fetch(ASKED_ABOUT, after, QUIET, RECENT, limit, list(NOBODY_OUTSIDE))
    return [AskedAbout(**row) for row in rows]


async def begin_check(day: date) -> None:
    """Of this night; begun again it counts anew."""
    await tenants.connection().execute(
        "INSERT INTO goods_check (id, day, started_at) VALUES ($1, $2, $3) ON CONFLICT (day) DO UPDATE"
        " SET status = 'running', asked = 0, unanswered = 0, started_at = EXCLUDED.started_at, finished_at = NULL",
        new_id(), day, now(),
    )  # fmt: skip


async def note_checked(day: date, asked: int, unanswered: int) -> None:
    await tenants.connection().execute(
        "UPDATE goods_check SET asked = asked + $2, unanswered = unanswered + $3 WHERE day = $1", day, asked, unanswered
    )


async def end_check(day: date, differences: int, amount: int) -> None:
    await tenants.connection().execute(
        "UPDATE goods_check SET status = 'done', differences = $2, amount = $3, finished_at = $4 WHERE day = $1",
        day, differences, amount, now(),
    )  # fmt: skip


async def last_checks(limit: int = 30) -> list[GoodsCheck]:
    """The newest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM goods_check ORDER BY day DESC LIMIT $1",  # noqa: S608 - constant names
        limit,
    )
    return [GoodsCheck(**row) for row in rows]


async def ships_anything() -> bool:
    """Whether there was ever something to send."""
    return bool(await tenants.connection().fetchval("SELECT EXISTS (SELECT 1 FROM fulfillment_order)"))
