"""Reads of the pages about coupons and members: what a coupon may be for, levels given by hand, points still out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import tenants

MOST_PRODUCTS = 300


async def shelves() -> list[Mapping[str, Any]]:
    return [
        dict(row) for row in await tenants.connection().fetch("SELECT id, title FROM collection ORDER BY position, id")
    ]


async def products(chosen: Sequence[str]) -> list[Mapping[str, Any]]:
    """Those of the coupon first, then the shelf, as many as a form can hold."""
    rows = await tenants.connection().fetch(
        "SELECT id, title FROM product WHERE status = 'published' OR id::text = ANY($1::text[])"
        " ORDER BY (id::text = ANY($1::text[])) DESC, position, id LIMIT $2",
        list(chosen), MOST_PRODUCTS,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def grants() -> list[Mapping[str, Any]]:
    """Levels given by hand, those that still hold first."""
    rows = await tenants.connection().fetch(
        "SELECT customer.id AS customer, customer.name, customer.email, level.name AS level, given.until,"
        " given.granted_by, given.granted_at, (given.until IS NULL OR given.until > now()) AS holds"
        " FROM member_grant AS given JOIN customer ON customer.id = given.customer"
        " JOIN member_level AS level ON level.id = given.level ORDER BY holds DESC, given.granted_at DESC LIMIT 200"
    )
    return [dict(row) for row in rows]


async def customer_with(email: str) -> UUID | None:
    found: UUID | None = await tenants.connection().fetchval(
        "SELECT id FROM customer WHERE email = $1", email.strip().lower()
    )
    return found


async def points_out() -> Mapping[str, Any]:
    """What shoppers may still spend, and how many of them."""
    row = await tenants.connection().fetchrow(
        "SELECT coalesce(sum(balance), 0)::bigint AS points, count(*) FILTER (WHERE balance > 0) AS customers"
        " FROM points_balance"
    )
    return dict(row or {})
