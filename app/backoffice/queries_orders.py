"""Reads of the order pages: the list with its filters, and what hangs on one order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.paging import Page, cut, decode_cursor

_LIST = """
SELECT o.id, o.number, o.status, o.payment_status, o.fulfillment_status, o.total_amount, o.currency, o.placed_at,
       o.email, o.phone, o.ship_to,
       (SELECT sum(quantity) FROM order_line WHERE order_id = o.id)::bigint AS pieces,
       (SELECT title FROM order_line WHERE order_id = o.id ORDER BY line_number LIMIT 1) AS first_title,
       (SELECT p.name FROM attribution_decision d JOIN promoter p ON p.id = d.promoter
        WHERE d.order_id = o.id AND d.status <> 'void' LIMIT 1) AS promoter_name
FROM orders o
WHERE ($1 = '' OR o.status = $1) AND ($2 = '' OR o.payment_status = $2) AND ($3 = '' OR o.fulfillment_status = $3)
  AND ($4 = '' OR o.number ILIKE $4 || '%' OR o.phone LIKE '%' || $4 || '%' OR o.email ILIKE $4 || '%'
       OR o.ship_to ->> 'recipient' ILIKE '%' || $4 || '%')
  AND ($5 = '' OR EXISTS (SELECT 1 FROM refund r WHERE r.order_id = o.id AND r.status = $5))
"""
_FORWARDS = _LIST + (
    " AND ($6::timestamptz IS NULL OR (o.placed_at, o.id) < ($6, $7::uuid)) ORDER BY o.placed_at DESC, o.id"
    " DESC LIMIT $8"
)
_BACKWARDS = _LIST + " AND (o.placed_at, o.id) > ($6::timestamptz, $7::uuid) ORDER BY o.placed_at, o.id LIMIT $8"

_PAYMENTS = """
SELECT number, provider, status, amount, currency, provider_ref, failure, created_at, captured_at
FROM payment WHERE order_id = $1 ORDER BY created_at
"""


async def list_orders(
    *, status: str, payment: str, fulfillment: str, query: str, refund: str, after: str, before: str, limit: int = 50
) -> Page[Mapping[str, Any]]:
    """Orders, the newest first, narrowed by states and by number, phone, e-mail or name."""
    backwards = decode_cursor(before, datetime, UUID)
    place = backwards or decode_cursor(after, datetime, UUID)
    at, last = place or (None, None)
    text = query.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")[:100]
    rows = await tenants.connection().fetch(
        _BACKWARDS if backwards else _FORWARDS, status, payment, fulfillment, text, refund, at, last, limit + 1
    )
    items: list[Mapping[str, Any]] = [dict(row) | {"ship_to": msgspec.json.decode(row["ship_to"])} for row in rows]
    return cut(
        items, limit, lambda row: (row["placed_at"], row["id"]), backwards=bool(backwards), started=place is not None
    )


async def payments_of(order_id: UUID) -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_PAYMENTS, order_id)]
