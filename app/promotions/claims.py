"""Coupons in customers' accounts: claimed once, good for one order, until their own end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.promotions.coupons import COLUMNS, Claim, Coupon, find, from_row
from app.promotions.refusals import CouponClaimed, CouponExpired, CouponNotYet, CouponPaused, CouponUsedUp

CLAIM = """
WITH issued AS (
    UPDATE coupon SET issued_count = issued_count + 1, updated_at = $4 WHERE id = $2
        AND (issue_total IS NULL OR issued_count < issue_total)
        AND NOT EXISTS (SELECT 1 FROM coupon_claim WHERE coupon = $2 AND customer = $3)
    RETURNING id
)
INSERT INTO coupon_claim (id, coupon, customer, claimed_at, expires_at) SELECT $1, id, $3, $4, $5 FROM issued
RETURNING id
"""


async def claim(coupon_id: UUID, customer_id: UUID) -> Coupon:
    """Put a coupon into a customer's account.

    Raises NotFound, CouponNotYet, CouponExpired, CouponClaimed, CouponUsedUp.
    """
    coupon, at = await find(coupon_id), now()
    if not coupon.claimable or coupon.status == "draft":
        raise NotFound
    if coupon.starts_at and at < coupon.starts_at:
        raise CouponNotYet
    if coupon.status == "ended" or (coupon.ends_at and at >= coupon.ends_at):
        raise CouponExpired
    if coupon.status == "paused":
        raise CouponPaused
    own_end = at + timedelta(days=coupon.valid_days) if coupon.valid_days else None
    expires_at = min((end for end in (coupon.ends_at, own_end) if end), default=None)
    done = await tenants.connection().fetchval(CLAIM, new_id(), coupon_id, customer_id, at, expires_at)
    if done is None:
        raise CouponClaimed if await _has_claim(coupon_id, customer_id) else CouponUsedUp
    return coupon


async def _has_claim(coupon_id: UUID, customer_id: UUID) -> bool:
    found: bool = await tenants.connection().fetchval(
        "SELECT EXISTS (SELECT 1 FROM coupon_claim WHERE coupon = $1 AND customer = $2)", coupon_id, customer_id
    )
    return found


CLAIMED = f"""
SELECT {COLUMNS.replace("id,", "coupon.id,", 1)}, mine.id AS claim, mine.expires_at AS claim_ends_at
FROM coupon JOIN coupon_claim AS mine ON mine.coupon = coupon.id
WHERE mine.customer = $1 AND mine.coupon_use IS NULL AND (mine.expires_at IS NULL OR mine.expires_at > $2)
    AND coupon.status = 'active' AND (coupon.ends_at IS NULL OR coupon.ends_at > $2)
ORDER BY mine.expires_at NULLS LAST, mine.id LIMIT 50
"""  # noqa: S608 - constants only
CLAIMABLE = f"""
SELECT {COLUMNS} FROM coupon WHERE claimable AND status = 'active' AND (starts_at IS NULL OR starts_at <= $1)
    AND (ends_at IS NULL OR ends_at > $1) AND (issue_total IS NULL OR issued_count < issue_total)
ORDER BY created_at DESC, id LIMIT 20
"""  # noqa: S608 - constants only


async def in_account(customer_id: UUID) -> list[tuple[Coupon, Claim]]:
    """Claimed, not used and still good; what ends first comes first."""
    rows = await tenants.connection().fetch(CLAIMED, customer_id, now())
    return [
        (
            from_row({name: value for name, value in row.items() if name not in ("claim", "claim_ends_at")}),
            Claim(row["claim"], row["claim_ends_at"], None),
        )
        for row in rows
    ]


async def claimed_by(customer_id: UUID) -> frozenset[UUID]:
    """Coupons this customer ever claimed, used ones too."""
    rows = await tenants.connection().fetch("SELECT coupon FROM coupon_claim WHERE customer = $1", customer_id)
    return frozenset(row["coupon"] for row in rows)


async def on_offer() -> list[Coupon]:
    """What every visitor may claim at this moment."""
    return [from_row(row) for row in await tenants.connection().fetch(CLAIMABLE, now())]
