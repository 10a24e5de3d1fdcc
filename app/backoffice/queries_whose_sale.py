"""Reads of the pages on whose sale it is: who is bound to whom, since when, and how that came about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound

MOST = 200
_BOUND = """
SELECT s.id, s.customer, s.visitor_id, c.name, c.email, p.id AS promoter, p.name AS promoter_name, b.starts_at,
    b.valid_until, b.protect_until, b.orders
FROM binding b JOIN binding_subject s ON s.id = b.subject JOIN promoter p ON p.id = b.promoter
LEFT JOIN customer c ON c.id = s.customer
WHERE b.ended_at IS NULL AND b.valid_until > $1
    AND ($2 = '' OR c.email ILIKE $2 || '%' OR c.name ILIKE '%' || $2 || '%' OR p.name ILIKE '%' || $2 || '%')
ORDER BY (s.customer IS NULL), b.starts_at DESC, b.id LIMIT $3
"""
_SUBJECT = """
SELECT s.id, s.customer, s.visitor_id, c.name, c.email FROM binding_subject s LEFT JOIN customer c ON c.id = s.customer
WHERE s.id = $1
"""
_BINDINGS = """
SELECT b.id, b.place, b.starts_at, b.valid_until, b.ended_at, b.ended_because, b.orders, b.policy_version,
    p.id AS promoter, p.name AS promoter_name, b.ended_at IS NULL AND b.valid_until > $2 AS live
FROM binding b JOIN promoter p ON p.id = b.promoter WHERE b.subject = $1 ORDER BY b.place DESC LIMIT 100
"""
_STEPS = """
SELECT t.seq, t.at, t.kind, t.outcome, t.reason, t.actor, t.note, t.policy_version, p.name AS promoter_name, o.number
FROM binding_step t LEFT JOIN promoter p ON p.id = t.promoter LEFT JOIN orders o ON o.id = t.order_id
WHERE t.subject = $1 ORDER BY t.seq DESC LIMIT 200
"""


async def bound(query: str) -> list[dict[str, Any]]:
    """Who is bound now: customers first, the newest first."""
    text = query.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")[:100]
    return [dict(row) for row in await tenants.connection().fetch(_BOUND, now(), text, MOST)]


async def subject(subject_id: UUID) -> dict[str, Any]:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(_SUBJECT, subject_id)
    if row is None:
        raise NotFound
    return dict(row)


async def bindings_of(subject_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_BINDINGS, subject_id, now())]


async def steps_of(subject_id: UUID) -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_STEPS, subject_id)]


async def names_of(promoters: Sequence[UUID]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch(
        "SELECT id, name FROM promoter WHERE id = ANY($1::uuid[])", list(promoters)
    )  # fmt: skip
    return {row["id"]: row["name"] for row in rows}


async def products(chosen: Sequence[UUID] = ()) -> list[tuple[str, str]]:
    """Products to give days of their own, as options of a select; the chosen ones are always among them."""
    rows = await tenants.connection().fetch(
        "SELECT id, title FROM product WHERE status = 'published' OR id = ANY($1::uuid[])"
        " ORDER BY (id = ANY($1::uuid[])) DESC, title, id LIMIT 300",
        list(chosen),
    )
    return [(str(row["id"]), row["title"]) for row in rows]


async def counts() -> dict[str, int]:
    """How many are bound now, and how many decisions each version made."""
    bound_now = await tenants.connection().fetchval(
        "SELECT count(*) FROM binding WHERE ended_at IS NULL AND valid_until > $1", now()
    )
    return {"bound": bound_now}


async def decisions_by_version() -> dict[int, int]:
    rows = await tenants.connection().fetch(
        "SELECT policy_version, count(DISTINCT order_id) AS orders FROM attribution_decision GROUP BY 1"
    )
    return {row["policy_version"]: row["orders"] for row in rows}


_QUESTIONS = """
SELECT o.number, n.title, o.currency, d.base_amount, d.decided_at, d.order_line, coalesce(p.name, '') AS promoter_name,
    q.opened_by, q.words, q.opened_at, c.held_because
FROM attribution_decision d JOIN orders o ON o.id = d.order_id JOIN order_line n ON n.id = d.order_line
LEFT JOIN promoter p ON p.id = d.promoter
LEFT JOIN attribution_dispute q ON q.decision = d.id AND q.status = 'open'
LEFT JOIN LATERAL (SELECT held_because FROM commission_line WHERE decision = d.id AND held_because = 'unbacked_coupon'
    AND status IN ('estimated', 'held') LIMIT 1) AS c ON true
WHERE q.id IS NOT NULL OR c.held_because IS NOT NULL
ORDER BY coalesce(q.opened_at, d.decided_at) DESC, d.id LIMIT 200
"""


async def questions() -> list[dict[str, Any]]:
    """Sales that somebody disputes, or that are held back until somebody has looked."""
    return [dict(row) for row in await tenants.connection().fetch(_QUESTIONS)]
