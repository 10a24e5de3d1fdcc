"""Builders for policies on whose sale it is, and a look at who is bound to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

import tenants
from app import attribution, promoters
from app.attribution import FULL, Policy
from app.attribution.policies import write_policy
from app.kernel.clock import now
from app.kernel.ids import new_id
from tests import builders_earning as build


async def policy(*, since_days: float = 60, **facts: Any) -> Policy:
    """A version of the full ladder, in force for a while already unless said otherwise."""
    since = build.days_ago(since_days)
    async with tenants.transaction():
        version = (await attribution.policies())[0].version + 1
        made = msgspec.structs.replace(
            FULL, version=version, valid_from=since, created_at=since, changed_by="Su He", **facts
        )
        await write_policy(made)
    return made


async def bindings(shopper: UUID) -> list[tuple[str, str]]:
    """Of one customer or browser: to whom, and why each binding ended, in order."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT p.name, b.ended_because FROM binding b JOIN binding_subject s ON s.id = b.subject"
            " JOIN promoter p ON p.id = b.promoter WHERE $1 IN (s.customer, s.visitor_id) ORDER BY b.place",
            shopper,
        )
    return [tuple(row.values()) for row in rows]


async def coupon_of(owner: promoters.Promoter, *, code: str = "PEACH") -> UUID:
    coupon = new_id()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO coupon (id, code, name, kind, amount, status, owner, created_at, updated_at)"
            " VALUES ($1, $2, $2, 'fixed', 500, 'active', $3, $4, $4)",
            coupon, code, owner.id, now(),
        )  # fmt: skip
    return coupon


async def use_coupon(coupon: UUID, order_id: UUID) -> None:
    """What redeeming leaves."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO coupon_use (id, coupon, order_id, discount_amount, used_at, owner)"
            " SELECT $1, id, $3, 500, $4, owner FROM coupon WHERE id = $2",
            new_id(), coupon, order_id, now(),
        )  # fmt: skip
