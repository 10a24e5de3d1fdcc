"""Coupons: what they are, whether one counts, and who may have it. One coupon per order.

A coupon is *issued* when a customer claims it into the account, or when an order uses its code without such a claim;
`issue_total` limits both together. A claim is good for one order, until its own end.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.formats import money
from app.kernel.ids import new_id
from app.promotions.refusals import (
    CouponClaimed,
    CouponExpired,
    CouponNeedsMore,
    CouponNotForThese,
    CouponNotYet,
    CouponRefused,
    CouponUsedBefore,
    CouponUsedUp,
    UnknownCoupon,
)

LONGEST_CODE = 40


class Coupon(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    kind: Literal["fixed", "percent", "threshold"]
    amount: int
    bps: int
    cap_amount: int | None
    from_amount: int
    scope: Literal["all", "collections", "products"]
    targets: tuple[UUID, ...]
    issue_total: int | None
    per_customer_limit: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    valid_days: int | None
    claimable: bool
    status: str
    issued_count: int
    used_count: int
    version: int

    @property
    def is_used_up(self) -> bool:
        return self.issue_total is not None and self.issued_count >= self.issue_total


class Claim(msgspec.Struct, frozen=True):
    """A coupon in a customer's account; `coupon_use` is set while an order has it."""

    id: UUID
    expires_at: datetime | None
    coupon_use: UUID | None

    def is_open(self, at: datetime) -> bool:
        return self.coupon_use is None and (self.expires_at is None or at < self.expires_at)


def from_row(row: Mapping[str, Any]) -> Coupon:
    return Coupon(**{**row, "targets": tuple(row["targets"])})


COLUMNS = """id, code, name, kind, amount, bps, cap_amount, from_amount, scope, targets, issue_total,
    per_customer_limit, starts_at, ends_at, valid_days, claimable, status, issued_count, used_count, version"""
BY_ID = f"SELECT {COLUMNS} FROM coupon WHERE id = $1"  # noqa: S608 - constants only
BY_CODE = f"SELECT {COLUMNS} FROM coupon WHERE code = $1 AND code <> ''"  # noqa: S608 - constants only


def normalize_code(text: str) -> str:
    """What was typed, as it is stored: full-width letters, case and spaces make no difference."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()[:LONGEST_CODE]


def persons(customer: UUID | None, phone: str, email: str) -> list[str]:
    """Everything one shopper may be known by. A limit per person holds for each of these; only hashes are stored."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    known = {"customer": str(customer or ""), "phone": digits, "email": email.strip().lower()}
    return sorted(hashlib.sha256(f"{kind}:{value}".encode()).hexdigest() for kind, value in known.items() if value)


def why_not(
    coupon: Coupon, claim: Claim | None, *, at: datetime, base: int | None, currency: str, used_before: int = 0
) -> CouponRefused | None:
    """Why this coupon does not count now; None when it does. `base` is what its goods in the cart cost, None for none.

    A claim that is open was issued already, so it counts also when no more are given out.
    """
    has_claim = claim is not None and claim.is_open(at)
    if coupon.status == "draft":
        return UnknownCoupon()
    if coupon.starts_at and at < coupon.starts_at:
        return CouponNotYet()
    if coupon.status == "ended" or (coupon.ends_at and at >= coupon.ends_at):
        return CouponExpired()
    if coupon.per_customer_limit is not None and used_before >= coupon.per_customer_limit:
        return CouponUsedBefore()
    if not has_claim and not coupon.code:
        return UnknownCoupon() if claim is None else CouponUsedBefore() if claim.coupon_use else CouponExpired()
    if not has_claim and coupon.is_used_up:
        return CouponUsedUp()
    if base is None:
        return CouponNotForThese()
    if base < coupon.from_amount:
        return CouponNeedsMore(missing=money(coupon.from_amount - base, currency), amount=coupon.from_amount - base)
    return None


async def find(coupon_id: UUID) -> Coupon:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(BY_ID, coupon_id)
    if row is None:
        raise NotFound
    return from_row(row)


async def find_by_code(text: str) -> Coupon:
    """Raises UnknownCoupon, also for a draft."""
    row = await tenants.connection().fetchrow(BY_CODE, normalize_code(text))
    if row is None or row["status"] == "draft":
        raise UnknownCoupon
    return from_row(row)


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
