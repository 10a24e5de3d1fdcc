"""Reads of the pages about coupons and members: what a coupon may be for, levels given by hand, points still out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import promotions
from app.kernel.clock import now
from app.kernel.paging import Page, cut, decode_cursor

MOST_PRODUCTS = 300
PEOPLE_PER_PAGE = 50
ORDERS_PER_PAGE = 20


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


ORDERS_WITH = """
SELECT orders.id, orders.number, orders.status, orders.payment_status, used.id AS used, used.used_at,
    used.discount_amount, used.status = 'returned' AS is_returned, orders.paid_amount, orders.refunded_amount
FROM coupon_use AS used JOIN orders ON orders.id = used.order_id
WHERE used.coupon = $1 AND ($2::timestamptz IS NULL OR (used.used_at, used.id) < ($2, $3::uuid))
ORDER BY used.used_at DESC, used.id DESC LIMIT $4
"""


async def orders_with(coupon: UUID, after: str) -> Page[Mapping[str, Any]]:
    """Orders that were placed with this coupon, the newest first."""
    at, last = decode_cursor(after, datetime, UUID) or (None, None)
    rows = await tenants.connection().fetch(ORDERS_WITH, coupon, at, last, ORDERS_PER_PAGE + 1)
    return cut([dict(row) for row in rows], ORDERS_PER_PAGE, lambda one: (one["used_at"], one["used"]))


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


PEOPLE = """
SELECT customer.id, customer.name, coalesce(customer.email, customer.phone) AS email, customer.created_at,
    coalesce(points.balance, 0) AS points, given.level AS granted,
    (SELECT coalesce(sum(paid_amount - refunded_amount), 0)::bigint FROM orders WHERE orders.customer = customer.id
        AND paid_at > $5) AS net_paid
FROM customer LEFT JOIN points_balance AS points ON points.customer = customer.id
LEFT JOIN member_grant AS given ON given.customer = customer.id AND (given.until IS NULL OR given.until > now())
WHERE ($1 = '' OR strpos(lower(coalesce(customer.email, '')), $1) > 0 OR strpos(lower(customer.name), $1) > 0
        OR strpos(coalesce(customer.phone, ''), $1) > 0)
    AND ($2::timestamptz IS NULL OR (customer.created_at, customer.id) < ($2, $3::uuid))
ORDER BY customer.created_at DESC, customer.id DESC LIMIT $4
"""


async def people(query: str, after: str) -> Page[Mapping[str, Any]]:
    """The newest first, each with the level that the orders of the store's days say, or that was given by hand."""
    at, last = decode_cursor(after, datetime, UUID) or (None, None)
    ladder = await promotions.levels()
    since = now() - timedelta(days=await promotions.level_days())
    rows = await tenants.connection().fetch(PEOPLE, query.strip().lower(), at, last, PEOPLE_PER_PAGE + 1, since)
    found = [dict(row) | {"level": _level_of(row, ladder)} for row in rows]
    return cut(found, PEOPLE_PER_PAGE, lambda one: (one["created_at"], one["id"]))


def _level_of(row: Mapping[str, Any], ladder: list[promotions.Level]) -> promotions.Level | None:
    given = next((level for level in ladder if level.id == row["granted"]), None)
    return given or promotions.level_for(row["net_paid"], ladder)


async def person(customer_id: UUID) -> Mapping[str, Any] | None:
    row = await tenants.connection().fetchrow(
        "SELECT id, name, coalesce(email, phone) AS email, created_at FROM customer WHERE id = $1", customer_id
    )
    return dict(row) if row else None
