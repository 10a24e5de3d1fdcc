"""Units set apart for a campaign, a host or a channel: nobody else can sell them.

    give -> (orders of theirs take from it, and give back to it) -> change_quota -> call_in_quota

The units are a loan (`loans.py`). By the quota's choice its orders may take from the common stock once it is used up,
or may not.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

import tenants
from app.inventory import loans
from app.inventory.promises import FREE, PROMISING, NotEnoughStock
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

QuotaKind = Literal["campaign", "promoter", "channel"]
# One quota a line at most: the campaign's before the host's before the channel's. A host's and a channel's are those of
# the link the visitor followed last. For statements with `cart` and `line`.
QUOTA_OF_LINE = """
SELECT quota.id, quota.falls_back, loan.left_over FROM stock_quota AS quota
JOIN stock_loan AS loan ON loan.source_id = quota.id AND loan.status = 'open'
WHERE quota.variant = line.variant AND quota.closed_at IS NULL AND CASE quota.kind
    WHEN 'campaign' THEN quota.subject = cart.campaign
    ELSE quota.subject = (SELECT CASE quota.kind WHEN 'promoter' THEN link.promoter ELSE link.channel END
        FROM click JOIN tracked_link AS link ON link.id = click.link
        WHERE click.visitor_id = cart.visitor_id AND click.qualifies AND click.clicked_at > now() - interval '30 days'
        ORDER BY click.clicked_at DESC LIMIT 1) END
ORDER BY CASE quota.kind WHEN 'campaign' THEN 1 WHEN 'promoter' THEN 2 ELSE 3 END LIMIT 1
"""
_RAISE = f"""
WITH taken AS (
    UPDATE stock_level SET reserved = reserved + $2, updated_at = $3
    WHERE variant = $4 AND warehouse = $5 AND ({FREE} >= $2 OR oversell OR NOT tracked) AND {PROMISING} RETURNING id
)
UPDATE stock_loan SET quantity = quantity + $2, left_over = left_over + $2
WHERE id = $1 AND EXISTS (SELECT 1 FROM taken) RETURNING id
"""  # noqa: S608 - constants
_LOWER = """
WITH given AS (
    UPDATE stock_loan SET quantity = quantity - $2, left_over = left_over - $2
    WHERE id = $1 AND left_over >= $2 AND quantity > $2 RETURNING variant, warehouse
)
UPDATE stock_level AS level SET reserved = level.reserved - $2, updated_at = $3
FROM given WHERE level.variant = given.variant AND level.warehouse = given.warehouse RETURNING level.id
"""
_LEFT = f"SELECT coalesce(max({FREE}), 0) FROM stock_level WHERE variant = $1 AND warehouse = $2"  # noqa: S608
_COLUMNS = (
    "quota.id, quota.kind, quota.subject, quota.variant, quota.falls_back, quota.note, quota.created_by,"
    " quota.created_at, quota.closed_at, loan.quantity, loan.left_over, loan.warehouse,"
    " (SELECT coalesce(sum(CASE WHEN status = 'released' THEN shipped_quantity ELSE quantity END), 0)::bigint"
    " FROM reservation WHERE reservation.loan = loan.id) AS sold"
)


class QuotaExists(Refusal):
    """There is one already; it can be raised."""

    code = "inventory.quota_exists"
    status = 409
    message = "There is a quota of these goods for them already. Raise that one."


class BelowSold(Refusal):
    """A quota cannot be lowered below what was sold of it."""

    code = "inventory.quota_below_sold"
    status = 409
    message = "So much of it is sold already. Call the rest in instead."


class Quota(msgspec.Struct, frozen=True, kw_only=True):
    """`quantity` units were set apart, `left_over` of them are unsold, `sold` went to orders of theirs."""

    id: UUID
    kind: str
    subject: UUID
    variant: UUID
    falls_back: bool
    note: str
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    quantity: int
    left_over: int
    warehouse: UUID
    sold: int


async def give_quota(
    kind: QuotaKind, subject: UUID, variant: UUID, units: int, *, falls_back: bool, note: str, title: str, by: str
) -> UUID:
    """Set so many apart, all from one warehouse. Raises QuotaExists, NotEnoughStock. Last before COMMIT."""
    quota = new_id()
    made = await tenants.connection().fetchval(
        "INSERT INTO stock_quota (id, kind, subject, variant, falls_back, note, created_by, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (variant, kind, subject) WHERE closed_at IS NULL DO NOTHING RETURNING id",
        quota, kind, subject, variant, falls_back, note, by, now(),
    )  # fmt: skip
    if made is None:
        raise QuotaExists
    await loans.lend(quota, variant, units, title=title)
    return quota


async def change_quota(quota_id: UUID, units: int, *, falls_back: bool, title: str) -> None:
    """It has so many units from now on. Raises NotFound, NotEnoughStock, BelowSold. Last before COMMIT."""
    database = tenants.connection()
    loan = await database.fetchrow(
        "SELECT id, variant, warehouse, quantity FROM stock_loan WHERE source_id = $1 AND status = 'open' FOR UPDATE",
        quota_id,
    )
    if loan is None:
        raise NotFound
    await database.execute("UPDATE stock_quota SET falls_back = $2 WHERE id = $1", quota_id, falls_back)
    more = units - loan["quantity"]
    if more > 0 and not await database.fetchval(_RAISE, loan["id"], more, now(), loan["variant"], loan["warehouse"]):
        left = await database.fetchval(_LEFT, loan["variant"], loan["warehouse"])
        raise NotEnoughStock(variant=loan["variant"], title=title, asked=more, left=max(left, 0))
    if more < 0 and not await database.fetchval(_LOWER, loan["id"], -more, now()):
        raise BelowSold


async def call_in_quota(quota_id: UUID, *, by: str) -> None:
    """What is left of it is everybody's again. Raises NotFound when there is none or it was called in."""
    closed = await tenants.connection().fetchval(
        "UPDATE stock_quota SET closed_at = $2, closed_by = $3 WHERE id = $1 AND closed_at IS NULL RETURNING id",
        quota_id, now(), by,
    )  # fmt: skip
    if closed is None:
        raise NotFound
    await loans.call_in([quota_id])


async def quotas(*, variant: UUID | None = None, is_open: bool = True, limit: int = 200) -> list[Quota]:
    """The newest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM stock_quota AS quota"  # noqa: S608 - constant names
        " JOIN stock_loan AS loan ON loan.source_id = quota.id"
        " WHERE ($1::uuid IS NULL OR quota.variant = $1) AND (quota.closed_at IS NULL) = $2"
        " ORDER BY quota.created_at DESC, quota.id DESC LIMIT $3",
        variant, is_open, limit,
    )  # fmt: skip
    return [Quota(**row) for row in rows]
