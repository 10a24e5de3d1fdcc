"""Reads of the order pages: the list with its filters, and what hangs on one order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.flows.order_search import Filters, where
from app.kernel.paging import Page, cut, decode_cursor

_LIST = """
SELECT o.id, o.number, o.status, o.payment_status, o.fulfillment_status, o.total_amount, o.currency, o.placed_at,
       o.email, o.phone, o.ship_to, o.tags,
       (SELECT sum(quantity) FROM order_line WHERE order_id = o.id)::bigint AS pieces,
       (SELECT title FROM order_line WHERE order_id = o.id ORDER BY line_number LIMIT 1) AS first_title,
       (SELECT p.name FROM attribution_decision d JOIN promoter p ON p.id = d.promoter
        WHERE d.order_id = o.id AND d.status <> 'void' LIMIT 1) AS promoter_name
FROM orders o
"""
_PAYMENTS = """
SELECT number, provider, status, amount, currency, provider_ref, failure, created_at, captured_at
FROM payment WHERE order_id = $1 ORDER BY created_at
"""
# Most orders have few of these, and what is not there need not be read.
_HANGS_ON = """
SELECT EXISTS (SELECT FROM order_note WHERE order_id = $1) AS notes,
    EXISTS (SELECT FROM invoice WHERE order_id = $1) AS invoice,
    EXISTS (SELECT FROM refund WHERE order_id = $1) AS refunds,
    EXISTS (SELECT FROM aftersale WHERE order_id = $1) AS requests,
    EXISTS (SELECT FROM coupon_use WHERE order_id = $1) AS coupon,
    EXISTS (SELECT FROM attribution_decision WHERE order_id = $1) AS decisions,
    EXISTS (SELECT FROM commission_line WHERE order_id = $1) AS commissions,
    EXISTS (SELECT FROM fulfillment WHERE order_id = $1) AS parcels,
    EXISTS (SELECT FROM fulfillment_hold WHERE order_id = $1 AND released_at IS NULL) AS holds,
    EXISTS (SELECT FROM way_back WHERE order_id = $1) AS ways_back,
    coalesce(bool_or(work.route ? 'reasons' AND work.route -> 'reasons' <> '[]'), false) AS reasons,
    coalesce(bool_or(EXISTS (SELECT FROM short_pick WHERE fulfillment_order = work.id)
        OR EXISTS (SELECT FROM substitution WHERE fulfillment_order = work.id)), false) AS shorts
FROM fulfillment_order AS work WHERE work.order_id = $1
"""


async def list_orders(
    filters: Filters, *, after: str = "", before: str = "", limit: int = 50
) -> Page[Mapping[str, Any]]:
    """Orders, the newest first, narrowed by the filters."""
    backwards = decode_cursor(before, datetime, UUID)
    place = backwards or decode_cursor(after, datetime, UUID)
    which = where(filters)
    sql, values = f"{_LIST} WHERE {which.sql}", list(which.values)
    if place:
        sql += f" AND (o.placed_at, o.id) {'>' if backwards else '<'} (${which.next}, ${which.next + 1})"
        values += place
    way = "ASC" if backwards else "DESC"
    sql += f" ORDER BY o.placed_at {way}, o.id {way} LIMIT {limit + 1}"
    rows = await tenants.connection().fetch(sql, *values)
    items: list[Mapping[str, Any]] = [dict(row) | {"ship_to": msgspec.json.decode(row["ship_to"])} for row in rows]
    return cut(
        items, limit, lambda row: (row["placed_at"], row["id"]), backwards=bool(backwards), started=place is not None
    )


async def payments_of(order_id: UUID) -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_PAYMENTS, order_id)]


async def promoters() -> list[tuple[str, str]]:
    """For the filter: who may have brought an order."""
    rows = await tenants.connection().fetch("SELECT id, name FROM promoter ORDER BY name, id LIMIT 200")
    return [(str(row["id"]), row["name"]) for row in rows]


async def hangs_on(order_id: UUID) -> frozenset[str]:
    """Which of the things an order may have it has."""
    row: Any = await tenants.connection().fetchrow(_HANGS_ON, order_id)
    return frozenset(name for name, there in row.items() if there)
