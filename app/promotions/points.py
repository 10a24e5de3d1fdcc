"""Points: earned on completed orders, spent at checkout, given back and taken back with refunds.

Entries are never changed; `balance` less `owed` is their sum. The balance never goes below zero: what cannot be taken
back because it was spent is owed, and the next points earned pay that first.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.kernel.money import CURRENCIES
from app.kernel.paging import Page, cut, decode_cursor
from app.promotions.points_terms import points_rule
from app.promotions.refusals import NotEnoughPoints

Kind = Literal["earn", "take_back", "spend", "return", "expire", "adjust"]
PER_PAGE = 30


class PointsEntry(msgspec.Struct, frozen=True):
    """`moved_by` is set when a person of the store did it, and `note` says why."""

    id: UUID
    kind: str
    points: int
    note: str
    moved_by: str
    at: datetime
    order_id: UUID | None
    order_number: str | None


class Points(msgspec.Struct, frozen=True):
    balance: int = 0
    owed: int = 0


async def points_of(customer_id: UUID) -> Points:
    row = await tenants.connection().fetchrow(
        "SELECT balance, owed FROM points_balance WHERE customer = $1", customer_id
    )
    return Points(**row) if row else Points()


ENTRIES = """
SELECT entry.id, entry.kind, entry.points, entry.note, entry.moved_by, entry.at, entry.order_id,
    orders.number AS order_number
FROM points_entry AS entry LEFT JOIN orders ON orders.id = entry.order_id
WHERE entry.customer = $1 AND ($2::timestamptz IS NULL OR (entry.at, entry.id) < ($2, $3::uuid))
ORDER BY entry.at DESC, entry.id DESC LIMIT $4
"""


async def entries_of(customer_id: UUID, *, after: str = "", most: int = PER_PAGE) -> Page[PointsEntry]:
    """The newest first."""
    at, last = decode_cursor(after, datetime, UUID) or (None, None)
    rows = await tenants.connection().fetch(ENTRIES, customer_id, at, last, most + 1)
    return cut([PointsEntry(**row) for row in rows], most, lambda one: (one.at, one.id))


SPEND = """
WITH taken AS (
    UPDATE points_balance SET balance = balance - $3, updated_at = $4 WHERE customer = $1 AND balance >= $3
    RETURNING customer
)
INSERT INTO points_entry (id, customer, order_id, kind, points, source_id, at)
SELECT $5, customer, $2, 'spend', -$3::bigint, $2, $4 FROM taken RETURNING id
"""


async def spend(customer_id: UUID, order_id: UUID, points: int) -> None:
    """Raises NotEnoughPoints, by one conditional UPDATE."""
    done = await tenants.connection().fetchval(SPEND, customer_id, order_id, points, now(), new_id())
    if done is None:
        raise NotEnoughPoints


# The net of both columns moves; whichever side of zero it ends on says which of them it is.
MOVE = """
WITH entry AS (
    INSERT INTO points_entry (id, customer, order_id, kind, points, source_id, note, at, lot, moved_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (kind, source_id) DO NOTHING RETURNING customer, points
)
INSERT INTO points_balance AS known (customer, balance, owed, updated_at)
SELECT customer, greatest(points, 0), greatest(-points, 0), $8 FROM entry
ON CONFLICT (customer) DO UPDATE SET
    balance = greatest(known.balance - known.owed + EXCLUDED.balance - EXCLUDED.owed, 0),
    owed = greatest(known.owed - known.balance - EXCLUDED.balance + EXCLUDED.owed, 0), updated_at = EXCLUDED.updated_at
RETURNING customer
"""


async def move_points(
    customer_id: UUID,
    kind: Kind,
    points: int,
    source_id: UUID,
    *,
    order_id: UUID | None = None,
    note: str = "",
    lot: UUID | None = None,
    by: str = "",
    at: datetime | None = None,
) -> bool:
    """Write one movement. False when it was written before, or moves nothing."""
    if not points:
        return False
    done = await tenants.connection().fetchval(
        MOVE, new_id(), customer_id, order_id, kind, points, source_id, note, at or now(), lot, by
    )
    return done is not None


async def adjust_points(customer_id: UUID, points: int, *, reason: str, key: UUID, by: str) -> bool:
    """A person gives points or takes some away, never more than there are. False when `key` did so before."""
    there: int = (
        await tenants.connection().fetchval(
            "SELECT balance FROM points_balance WHERE customer = $1 FOR UPDATE", customer_id
        )
        or 0
    )
    return await move_points(customer_id, "adjust", max(points, -there), key, note=reason, by=by)


def earned(goods_amount: int, earn_points: int, currency: str) -> int:
    """Points for goods that were paid, rounded down."""
    return goods_amount * earn_points // CURRENCIES[currency].unit


def kept_share(points: int, *, refunded: int, paid: int) -> int:
    """How many of an order's points stay with what was not refunded; nothing at a whole refund."""
    return points * max(paid - refunded, 0) // paid if paid else 0


async def earn(order_id: UUID, *, refunded: int, paid: int) -> int:
    """The order is completed: its customer earns on the goods, less what was refunded. Once, and nothing for guests."""
    row = await tenants.connection().fetchrow(
        "SELECT customer, goods_amount - discount_amount AS goods, currency FROM orders WHERE id = $1", order_id
    )
    if row is None or row["customer"] is None:
        return 0
    points = earned(row["goods"], (await points_rule()).earn_points, row["currency"])
    if not await move_points(row["customer"], "earn", points, order_id, order_id=order_id):
        return 0
    await follow_refund(order_id, refunded=refunded, paid=paid)
    return points


async def follow_refund(order_id: UUID, *, refunded: int, paid: int) -> None:
    """Spent points return, and earned ones are taken back, until both fit what is refunded in all.

    What expired of the points an order earned counts as taken back: nobody loses the same points twice.
    """
    rows = await tenants.connection().fetch(
        "SELECT customer, sum(points) FILTER (WHERE kind = 'earn') AS earned,"
        " -sum(points) FILTER (WHERE kind IN ('take_back', 'expire')) AS taken,"
        " -sum(points) FILTER (WHERE kind = 'spend') AS spent,"
        " sum(points) FILTER (WHERE kind = 'return') AS returned"
        " FROM points_entry WHERE order_id = $1 GROUP BY customer",
        order_id,
    )
    for row in rows:
        got, spent = int(row["earned"] or 0), int(row["spent"] or 0)
        takes = got - kept_share(got, refunded=refunded, paid=paid)
        gives = spent if refunded >= paid else spent * refunded // paid
        await _up_to(row["customer"], order_id, "take_back", takes, int(row["taken"] or 0), sign=-1)
        await _up_to(row["customer"], order_id, "return", gives, int(row["returned"] or 0), sign=1)


async def _up_to(customer: UUID, order_id: UUID, kind: Kind, total: int, before: int, *, sign: int) -> None:
    """The total names the step, so that the same one is never written twice."""
    if total > before:
        source = uuid5(order_id, f"{kind}:{total}")
        await move_points(customer, kind, sign * (total - before), source, order_id=order_id)
