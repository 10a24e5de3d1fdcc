"""How a commission line becomes due: received, frozen until a date, available, then covered by what was paid out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now

UNSETTLED = ("accrued", "earned", "frozen")
SETTLED = ("available", "reserved", "paid")


class KeptBack(msgspec.Struct, frozen=True):
    """A part of what is available, and when it can be withdrawn."""

    until: datetime
    amount: int


EARN = """UPDATE commission_line SET status = 'earned', earned_at = $2, updated_at = $3
    WHERE id = $1 AND status = 'accrued'"""
FREEZE = """UPDATE commission_line SET status = 'frozen', settle_at = $2, updated_at = $3
    WHERE id = $1 AND status IN ('earned', 'frozen')"""
RELEASE = """UPDATE commission_line SET status = 'available', available_at = $2, updated_at = $2,
        reserve_bps = $3, reserve_until = CASE WHEN $3 > 0 THEN $2::timestamptz + make_interval(days => $4) END
    WHERE id = $1 AND status = 'frozen' RETURNING id"""
KEPT_BACK = """SELECT reserve_until AS until, sum((amount - reversed_amount) * reserve_bps / 10000)::bigint AS amount
    FROM commission_line WHERE promoter = $1 AND currency = $2 AND reserve_bps > 0 AND reserve_until > $3
        AND status IN ('available', 'reserved', 'paid') GROUP BY reserve_until
    HAVING sum((amount - reversed_amount) * reserve_bps / 10000) > 0 ORDER BY reserve_until"""
# A line belongs to a payout when everything before it is covered too; what is covered in part is still available.
COVER = """
WITH covered AS (
    SELECT coalesce(sum(amount - reversed_amount), 0) AS amount FROM commission_line
    WHERE promoter = $1 AND currency = $2 AND status = 'paid'
), queue AS (
    SELECT id, (SELECT amount FROM covered)
        + sum(amount - reversed_amount) OVER (ORDER BY available_at, id) AS upto
    FROM commission_line WHERE promoter = $1 AND currency = $2 AND status IN ('available', 'reserved')
), due AS (
    SELECT id, CASE WHEN upto <= $3 THEN 'paid' WHEN upto <= $3::bigint + $4::bigint THEN 'reserved'
        ELSE 'available' END AS status FROM queue
)
UPDATE commission_line AS line SET status = due.status, updated_at = $5
FROM due WHERE due.id = line.id AND due.status <> line.status
"""


async def earn(line_id: UUID, at: datetime) -> None:
    """The customer has the goods."""
    await tenants.connection().execute(EARN, line_id, at, now())


async def freeze(line_id: UUID, until: datetime) -> None:
    """From when on it is the promoter's; set again when an after-sale request has moved the date."""
    await tenants.connection().execute(FREEZE, line_id, until, now())


async def release(line_id: UUID, *, reserve_bps: int = 0, reserve_days: int = 1) -> bool:
    """It may be withdrawn, but for the share kept back so many days. False when it already could: this happens once."""
    return await tenants.connection().fetchval(RELEASE, line_id, now(), reserve_bps, reserve_days) is not None


async def kept_back(promoter: UUID, currency: str) -> list[KeptBack]:
    """What of the available money is kept for refunds, by the moment it ends, the next first.

    Of each line a share of what is left of it, rounded down. For a withdrawal, ask under the promoter's lock.
    """
    rows = await tenants.connection().fetch(KEPT_BACK, promoter, currency, now())
    return [KeptBack(**row) for row in rows]


async def cover(promoter: UUID, currency: str, *, paid: int, pending: int) -> None:
    """Say of each settled line whether it was paid out, is on its way, or still waits: the oldest are paid first.

    The caller holds the promoter's lock. The balances are the truth; this only tells them line by line.
    """
    await tenants.connection().execute(COVER, promoter, currency, paid, pending, now())
