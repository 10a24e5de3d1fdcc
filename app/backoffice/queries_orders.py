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
