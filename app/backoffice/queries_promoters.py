"""Reads of the pages about promoters and their links: totals come from the folded tallies, never from raw clicks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import tenants

_PEOPLE = """
SELECT p.id, p.name, p.email, p.kinds, p.status, p.commission_bps, p.note, p.applied_at, p.decided_at,
       count(l.id) AS links, coalesce(sum(t.clicks), 0)::bigint AS clicks,
       coalesce(sum(t.paid_orders), 0)::bigint AS paid_orders,
       coalesce(sum(t.gmv_amount - t.refunded_amount), 0)::bigint AS net_amount,
       coalesce(sum(t.commission_amount), 0)::bigint AS commission_amount
FROM promoter p LEFT JOIN tracked_link l ON l.promoter = p.id LEFT JOIN link_tally t ON t.link = l.id
WHERE ($1 = '' OR p.status = $1)
GROUP BY p.id ORDER BY (p.status = 'pending') DESC, net_amount DESC, p.applied_at DESC, p.id LIMIT 300
"""
_LINKS = """
SELECT l.id, l.code, l.kind, l.label, l.status, l.created_at, p.id AS promoter, p.name AS promoter_name,
       g.title AS product_title, s.title AS show_title, coalesce(t.clicks, 0) AS clicks, coalesce(t.visitors, 0)
           AS visitors,
       coalesce(t.orders, 0) AS orders, coalesce(t.paid_orders, 0) AS paid_orders,
       coalesce(t.gmv_amount - t.refunded_amount, 0) AS net_amount, coalesce(t.commission_amount, 0)
           AS commission_amount
FROM tracked_link l JOIN promoter p ON p.id = l.promoter LEFT JOIN link_tally t ON t.link = l.id
LEFT JOIN product g ON g.id = l.product LEFT JOIN live_session s ON s.id = l.live_session
WHERE ($1::uuid IS NULL OR l.promoter = $1)
  AND ($2 = '' OR l.code ILIKE $2 || '%' OR p.name ILIKE '%' || $2 || '%' OR g.title ILIKE '%' || $2 || '%'
       OR l.label ILIKE '%' || $2 || '%')
ORDER BY l.created_at DESC, l.id LIMIT 300
"""
_ORDERS = """
SELECT o.number, o.placed_at, o.payment_status, o.currency, sum(c.base_amount)::bigint AS base_amount,
       sum(c.amount - c.reversed_amount)::bigint AS amount, min(c.rate_bps) AS rate_bps, min(c.status) AS status,
       NULL::uuid AS elsewhere, CASE count(*) WHEN 1 THEN (array_agg(c.id))[1] END AS only_line
FROM commission_line c JOIN orders o ON o.id = c.order_id WHERE c.promoter = $1
GROUP BY o.id, o.number, o.placed_at, o.payment_status, o.currency
UNION ALL
SELECT e.order_number, e.placed_at, CASE WHEN e.status = 'placed' THEN 'unpaid' WHEN e.status = 'closed'
       THEN 'refunded' WHEN e.refunded_amount > 0 THEN 'partially_refunded' ELSE 'paid' END, e.currency,
       sum(c.base_amount)::bigint, sum(c.amount - c.reversed_amount)::bigint, min(c.rate_bps), min(c.status), e.id,
       CASE count(*) WHEN 1 THEN (array_agg(c.id))[1] END
FROM commission_line c JOIN external_line e ON e.id = c.external_line AND e.turn = c.turn WHERE c.promoter = $1
GROUP BY e.id ORDER BY placed_at DESC LIMIT 50
"""


async def list_promoters(status: str) -> list[Mapping[str, Any]]:
    """Those who wait first, then who sells most."""
    return [dict(row) for row in await tenants.connection().fetch(_PEOPLE, status)]


async def count_promoters() -> dict[str, int]:
    rows = await tenants.connection().fetch("SELECT status, count(*) AS people FROM promoter GROUP BY status")
    return {row["status"]: row["people"] for row in rows}


async def list_links(*, promoter_id: UUID | None = None, query: str = "") -> list[Mapping[str, Any]]:
    text = query.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return [dict(row) for row in await tenants.connection().fetch(_LINKS, promoter_id, text)]


async def orders_of(promoter_id: UUID) -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_ORDERS, promoter_id)]
