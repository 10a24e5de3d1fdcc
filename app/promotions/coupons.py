"""Coupons: what they are, whether one counts, and who may have it. One coupon per order.

A coupon is *issued* when a customer claims it into the account, or when an order uses its code without such a claim;
`issue_total` limits both together. A claim is good for one order, until its own end.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.errors import NotFound
from app.kernel.formats import money
from app.promotions.refusals import (
    CouponExpired,
    CouponNeedsMore,
    CouponNotForThese,
    CouponNotYet,
    CouponPaused,
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
    owner: UUID | None = None  # the promoter whose coupon it is

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
    per_customer_limit, starts_at, ends_at, valid_days, claimable, status, issued_count, used_count, version, owner"""
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
    if coupon.status == "paused":
        return CouponPaused()
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
