"""Reads of the review queue: what waits, how much money waits with it, and what speaks for and against a sale."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants

MOST = 200
VIEWS = {"open": ("open",), "over": ("released", "refused", "ended")}
_AT_RISK = """coalesce((SELECT sum(line.amount - line.reversed_amount) FROM commission_line AS line
    WHERE line.order_id = one.order_id AND line.held_because = 'risk:' || one.id
        AND line.status IN ('estimated', 'held')), 0)::bigint"""
_CASES = f"""
SELECT one.id, one.status, one.opened_at, one.due_at, one.words, one.decided_by, one.decided_at, one.promoter,
    orders.number, orders.currency, orders.paid_at IS NOT NULL AS is_paid, promoter.name AS promoter_name,
    found.score, found.reasons, {_AT_RISK} AS amount
FROM risk_case AS one JOIN orders ON orders.id = one.order_id JOIN promoter ON promoter.id = one.promoter
JOIN risk_assessment AS found ON found.id = one.assessment
WHERE one.status = ANY($1) ORDER BY one.status = 'open' DESC,
    CASE WHEN one.status = 'open' THEN one.due_at END, one.decided_at DESC NULLS FIRST, one.id LIMIT $2
"""  # noqa: S608 - constants only
_COUNTS = f"""
SELECT count(*) FILTER (WHERE one.status = 'open') AS open, count(*) FILTER (WHERE one.status = 'open'
        AND one.due_at < now()) AS late, count(*) FILTER (WHERE one.status <> 'open') AS over,
    coalesce(sum({_AT_RISK}) FILTER (WHERE one.status = 'open'), 0)::bigint AS amount,
    (SELECT count(*) FROM (SELECT DISTINCT order_id FROM risk_assessment
        WHERE outcome IN ('off', 'discount', 'commission')) AS own) AS own
FROM risk_case AS one
"""  # noqa: S608 - constants only
_AMOUNT = f"SELECT {_AT_RISK} FROM risk_case AS one WHERE one.id = $1"  # noqa: S608 - constants only
_OWN = """
SELECT DISTINCT ON (found.order_id) found.outcome, found.reasons, found.assessed_at, found.promoter, orders.number,
    promoter.name AS promoter_name
FROM risk_assessment AS found JOIN orders ON orders.id = found.order_id JOIN promoter ON promoter.id = found.promoter
WHERE found.outcome IN ('off', 'discount', 'commission') ORDER BY found.order_id DESC, found.assessed_at DESC LIMIT $1
"""
_BUYER = """
SELECT orders.number, orders.email, orders.phone, orders.ship_to, orders.placed_at, orders.paid_at, orders.currency,
    orders.total_amount, customer.email AS account, customer.created_at,
    (SELECT count(*) FROM orders AS other WHERE other.customer = orders.customer AND other.id <> orders.id) AS others
FROM orders LEFT JOIN customer ON customer.id = orders.customer WHERE orders.id = $1
"""
_PROMOTER = """
SELECT promoter.name, promoter.email, account.phone, account.created_at, place.street, place.city, place.country,
    (SELECT count(DISTINCT order_id) FROM attribution_decision WHERE promoter = $1 AND status = 'final') AS sales,
    (SELECT coalesce(sum(base_amount), 0)::bigint FROM attribution_decision WHERE promoter = $1
        AND status = 'final') AS sold_amount,
    (SELECT coalesce(sum(refunded_amount), 0)::bigint FROM attribution_decision WHERE promoter = $1
        AND status = 'final') AS refunded_amount,
    (SELECT count(*) FROM risk_case WHERE risk_case.promoter = $1 AND status = 'refused') AS refused
FROM promoter LEFT JOIN customer AS account ON account.email = lower(promoter.email)
LEFT JOIN LATERAL (SELECT street, city, country FROM customer_address WHERE customer = account.id
    ORDER BY is_default DESC, created_at DESC LIMIT 1) AS place ON true
WHERE promoter.id = $1
"""


async def cases(view: str) -> list[dict[str, Any]]:
    """What is due first comes first; of what is over, the newest."""
    return [dict(row) for row in await tenants.connection().fetch(_CASES, list(VIEWS[view]), MOST)]


async def counts() -> dict[str, int]:
    return dict(await tenants.connection().fetchrow(_COUNTS) or {})


async def own_purchases() -> list[dict[str, Any]]:
    """Sales that were the promoter's own, the newest first."""
    return [dict(row) for row in await tenants.connection().fetch(_OWN, MOST)]


async def amount_of(case_id: UUID) -> int:
    amount: int = await tenants.connection().fetchval(_AMOUNT, case_id)
    return amount


async def buyer(order_id: UUID) -> dict[str, Any]:
    return dict(await tenants.connection().fetchrow(_BUYER, order_id) or {})


async def promoter(promoter_id: UUID) -> dict[str, Any]:
    return dict(await tenants.connection().fetchrow(_PROMOTER, promoter_id) or {})
