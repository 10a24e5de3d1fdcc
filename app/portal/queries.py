"""What the portal's pages read: joins across rooms, for one promoter of the bound store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app import commissions
from app.kernel.clock import now
from app.kernel.errors import NotFound

LATELY = timedelta(minutes=5)
MINUTES = 60


class Figures(msgspec.Struct, frozen=True):
    """What one promoter's links did since a moment."""

    clicks: int
    clicks_lately: int
    visitors: int
    orders: int
    paid_orders: int
    paid_lately: int
    gmv_amount: int
    refunded_amount: int
    waiting_amount: int
    commission_amount: int
    accrued_amount: int

    @property
    def conversion_bps(self) -> int:
        return self.paid_orders * 10_000 // self.visitors if self.visitors else 0


_CLICKS = (
    "SELECT count(*) AS clicks, count(*) FILTER (WHERE t.occurred_at >= $3) AS clicks_lately,"
    " count(DISTINCT t.visitor_id) AS visitors FROM touch t"
    " WHERE (t.evidence ->> 'counted')::boolean AND t.promoter = $1 AND t.occurred_at >= $2"
)
_SALES = (
    "SELECT count(DISTINCT d.order_id) AS orders,"
    " count(DISTINCT d.order_id) FILTER (WHERE d.status = 'final') AS paid_orders,"
    " count(DISTINCT d.order_id) FILTER (WHERE d.status = 'final' AND d.finalized_at >= $3) AS paid_lately,"
    " coalesce(sum(d.base_amount) FILTER (WHERE d.status = 'final'), 0)::bigint AS gmv_amount,"
    " coalesce(sum(d.refunded_amount) FILTER (WHERE d.status = 'final'), 0)::bigint AS refunded_amount,"
    " coalesce(sum(d.base_amount) FILTER (WHERE d.status = 'provisional'), 0)::bigint AS waiting_amount,"
    " coalesce(sum(m.amount - m.reversed_amount) FILTER (WHERE m.status <> 'canceled'), 0)::bigint"
    " AS commission_amount,"
    " coalesce(sum(m.amount - m.reversed_amount) FILTER (WHERE m.status NOT IN ('canceled', 'estimated')), 0)::bigint"
    " AS accrued_amount FROM attribution_decision d LEFT JOIN commission_line m ON m.decision = d.id"
    " AND m.promoter = d.promoter AND m.role = 'promotion'"
    " WHERE d.promoter = $1 AND d.decided_at >= $2 AND d.status <> 'void'"
)


async def figures(promoter: UUID, since: datetime) -> Figures:
    database, lately = tenants.connection(), now() - LATELY
    clicks = await database.fetchrow(_CLICKS, promoter, since, lately)
    sales = await database.fetchrow(_SALES, promoter, since, lately)
    if clicks is None or sales is None:
        raise NotFound
    return Figures(**dict(clicks), **dict(sales))


async def minutes(promoter: UUID) -> list[int]:
    """What was sold in each of the last sixty minutes, oldest first, in minor units."""
    start = now() - timedelta(minutes=MINUTES)
    rows = await tenants.connection().fetch(
        "SELECT floor(extract(epoch FROM d.decided_at - $2::timestamptz) / 60)::integer AS minute,"
        " sum(d.base_amount)::bigint AS amount FROM attribution_decision d WHERE d.promoter = $1 AND d.decided_at >= $2"
        " AND d.status <> 'void' GROUP BY 1",
        promoter, start,
    )  # fmt: skip
    sold = {row["minute"]: row["amount"] for row in rows}
    return [sold.get(minute, 0) for minute in range(MINUTES)]


_LINKS = (
    "SELECT l.id, l.code, l.kind, l.label, l.status, l.created_at, l.live_session, s.title AS session_title,"
    " s.status AS session_status, coalesce(m.title, g.title) AS product_title, coalesce(m.cover_key, g.cover_key)"
    " AS cover_key, l.product, l.campaign, l.team, m.code AS campaign_code, g.price_from_amount, y.clicks,"
    " y.raw_clicks, y.visitors, y.orders, y.paid_orders, y.gmv_amount, y.refunded_amount, y.commission_amount"
    " FROM tracked_link l JOIN link_tally y ON y.link = l.id LEFT JOIN product g ON g.id = l.product"
    " LEFT JOIN live_session s ON s.id = l.live_session LEFT JOIN campaign m ON m.id = l.campaign"
)


async def link_rows(
    promoter: UUID, *, session: UUID | None = None, most: int = 100, offset: int = 0
) -> list[dict[str, Any]]:
    """A promoter's links with what came of them, the best sellers first."""
    rows = await tenants.connection().fetch(
        f"{_LINKS} WHERE l.promoter = $1 AND ($2::uuid IS NULL OR l.live_session = $2)"
        " ORDER BY y.gmv_amount DESC, y.clicks DESC, l.created_at DESC, l.id DESC LIMIT $3 OFFSET $4",
        promoter, session, most, offset,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def link_row(promoter: UUID, link_id: UUID) -> dict[str, Any]:
    """Raises NotFound, also for somebody else's link."""
    row = await tenants.connection().fetchrow(f"{_LINKS} WHERE l.promoter = $1 AND l.id = $2", promoter, link_id)
    if row is None:
        raise NotFound
    return dict(row)


async def campaign_links(promoter: UUID, campaigns: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The promoter's links to these campaigns with what came of them, by campaign."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in await tenants.connection().fetch(
        f"{_LINKS} WHERE l.promoter = $1 AND l.campaign = ANY($2) ORDER BY l.team, l.created_at LIMIT 500",
        promoter, list(campaigns),
    ):  # fmt: skip
        found.setdefault(row["campaign"], []).append(dict(row))
    return found


async def feed(promoter: UUID, most: int = 6) -> list[dict[str, Any]]:
    """The newest orders that came through the promoter's links; the page masks the names."""
    rows = await tenants.connection().fetch(
        "SELECT o.id, d.order_line, o.ship_to ->> 'recipient' AS name, o.ship_to ->> 'city' AS city,"
        " n.title, n.quantity,"
        " d.base_amount, d.decided_at, d.status, o.currency FROM attribution_decision d JOIN orders"
        " o ON o.id = d.order_id"
        " JOIN order_line n ON n.id = d.order_line WHERE d.promoter = $1"
        " AND d.status <> 'void' ORDER BY d.decided_at DESC, d.id DESC LIMIT $2",
        promoter, most,
    )  # fmt: skip
    return [dict(row) for row in rows]


PURSE = """
WITH held AS (
    SELECT account.kind, sum(CASE WHEN moved.credit = account.id THEN moved.amount ELSE -moved.amount END)::bigint
        AS amount
    FROM ledger_account AS account JOIN ledger_transfer AS moved ON account.id IN (moved.debit, moved.credit)
    WHERE account.owner = $1 AND account.currency = $2 GROUP BY account.kind
)
SELECT coalesce((SELECT amount FROM held WHERE kind = 'promoter_available'), 0) AS available,
    coalesce((SELECT -amount FROM held WHERE kind = 'promoter_debt'), 0) AS debt,
    coalesce((SELECT amount FROM held WHERE kind = 'promoter_frozen'), 0) AS frozen,
    (SELECT coalesce(sum(amount), 0)::bigint FROM payout WHERE promoter = $1 AND currency = $2
        AND finished_at IS NULL) AS pending,
    (SELECT coalesce(sum(amount), 0)::bigint FROM payout WHERE promoter = $1 AND currency = $2
        AND status = 'succeeded') AS paid,
    (SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM commission_line
        WHERE promoter = $1 AND currency = $2 AND status = 'estimated') AS estimated,
    (SELECT min(settle_at) FROM commission_line
        WHERE promoter = $1 AND currency = $2 AND status = 'frozen' AND amount > reversed_amount) AS next_at
"""


async def earnings(promoter: UUID, most: int = 100, offset: int = 0) -> list[dict[str, Any]]:
    """Every commission line, newest first."""
    rows = await tenants.connection().fetch(
        "SELECT m.id, m.order_line, EXISTS (SELECT 1 FROM risk_case WHERE 'risk:' || risk_case.id = m.held_because"
        " AND risk_case.status = 'refused') AS refused, m.base_amount, m.rate_bps, m.amount, m.reversed_amount,"
        " m.currency, m.status,"
        " m.role, m.created_at, m.accrued_at, m.settle_at, m.reserve_until,"
        " CASE WHEN m.reserve_until > now() THEN (m.amount - m.reversed_amount) * m.reserve_bps / 10000 ELSE 0 END"
        " AS kept_amount, coalesce(o.number, e.order_number) AS number, coalesce(n.title, e.title) AS title,"
        " coalesce(n.quantity, e.quantity) AS quantity, coalesce(e.platform, '') AS platform,"
        " CASE WHEN m.status = 'accrued' THEN p.left_at END AS left_at, o.fulfillment_status = 'delivered' AS arrived"
        " FROM commission_line m LEFT JOIN orders o ON o.id = m.order_id"
        " LEFT JOIN order_line n ON n.id = m.order_line LEFT JOIN external_line e ON e.id = m.external_line"
        " LEFT JOIN LATERAL (SELECT CASE o.fulfillment_status WHEN 'delivered' THEN max(f.delivered_at)"
        " WHEN 'fulfilled' THEN max(f.shipped_at) END AS left_at FROM fulfillment f WHERE f.order_id = o.id"
        " AND f.status <> 'canceled') AS p ON true"
        " WHERE m.promoter = $1 ORDER BY m.created_at DESC, m.id DESC LIMIT $2 OFFSET $3",
        promoter, most, offset,
    )  # fmt: skip
    return [dict(row) for row in rows]


async def purse(promoter: UUID, currency: str) -> dict[str, Any]:
    """What stands on the promoter's accounts, what of it is `ready` and what is `kept` back (by the moment it ends),
    what is on its way and paid, and when the next part becomes due.
    """
    row = await tenants.connection().fetchrow(PURSE, promoter, currency)
    found = dict(row or {})
    kept = await commissions.kept_back(promoter, currency)
    ready = max(found["available"] - sum(part.amount for part in kept), 0)
    return found | {"kept": kept, "ready": ready, "kept_amount": found["available"] - ready}


_EXPECTED = """
SELECT (settle_at AT TIME ZONE $3)::date AS day, sum(amount - reversed_amount)::bigint AS amount FROM commission_line
WHERE promoter = $1 AND currency = $2 AND status = 'frozen' AND settle_at IS NOT NULL AND amount > reversed_amount
GROUP BY 1 ORDER BY 1
"""


async def expected(promoter: UUID, currency: str) -> dict[date, int]:
    """What becomes due on which day of the store, as far as its day is known, and what is kept back until then."""
    zone = tenants.current().time_zone
    found = {row["day"]: row["amount"] for row in await tenants.connection().fetch(_EXPECTED, promoter, currency, zone)}
    for part in await commissions.kept_back(promoter, currency):
        day = part.until.astimezone(ZoneInfo(zone)).date()
        found[day] = found.get(day, 0) + part.amount
    return found


async def products(query: str, most: int = 24) -> list[dict[str, Any]]:
    """Published products to choose from, by a word of their title."""
    rows = await tenants.connection().fetch(
        "SELECT id, title, handle, cover_key, price_from_amount FROM product WHERE status = 'published'"
        " AND ($1 = '' OR search_text ILIKE $2 OR title ILIKE $2) ORDER BY position, id LIMIT $3",
        query, f"%{_literal(query)}%", most,
    )  # fmt: skip
    return [dict(row) for row in rows]


_BOUND = """
SELECT b.id, c.name, c.email, b.starts_at, b.valid_until, b.orders, s.customer IS NULL AS anonymous
FROM binding b JOIN binding_subject s ON s.id = b.subject LEFT JOIN customer c ON c.id = s.customer
WHERE b.promoter = $1 AND b.ended_at IS NULL AND b.valid_until > $2
ORDER BY (s.customer IS NULL), b.valid_until DESC, b.id LIMIT $3 OFFSET $4
"""


async def bound_shoppers(promoter: UUID, most: int, offset: int = 0) -> list[dict[str, Any]]:
    """Who is bound to the promoter now, customers first; the page masks the names."""
    return [dict(row) for row in await tenants.connection().fetch(_BOUND, promoter, now(), most, offset)]


async def bound_count(promoter: UUID) -> int:
    count: int = await tenants.connection().fetchval(
        "SELECT count(*) FROM binding WHERE promoter = $1 AND ended_at IS NULL AND valid_until > $2", promoter, now()
    )
    return count


_LOST = """
WITH mine AS (SELECT DISTINCT visitor_id FROM (SELECT visitor_id FROM touch WHERE promoter = $1 AND occurred_at > $2
    ORDER BY occurred_at DESC LIMIT 1000) AS newest)
SELECT d.order_line, d.decided_at, d.base_amount, n.title, n.quantity, o.currency, q.status AS asked FROM mine
JOIN orders o ON o.visitor_id = mine.visitor_id AND o.placed_at > $2
JOIN attribution_decision d ON d.order_id = o.id AND d.promoter IS DISTINCT FROM $1 AND d.status <> 'void'
    AND d.receipt @> jsonb_build_object('losers', jsonb_build_array(jsonb_build_object('promoter', $1::text)))
JOIN order_line n ON n.id = d.order_line
LEFT JOIN LATERAL (SELECT status FROM attribution_dispute WHERE decision = d.id AND promoter = $1
    ORDER BY opened_at DESC LIMIT 1) AS q ON true
ORDER BY d.decided_at DESC, d.id LIMIT 50
"""
LOST_DAYS = 30


async def lost_sales(promoter: UUID) -> list[dict[str, Any]]:
    """Of shoppers the promoter brought lately: what went to somebody else, or to nobody, the newest first."""
    since = now() - timedelta(days=LOST_DAYS)
    return [dict(row) for row in await tenants.connection().fetch(_LOST, promoter, since)]


def _literal(text: str) -> str:
    """What was typed, with the signs that mean something to LIKE taken at their word."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def poster_facts(promoter: UUID, link_id: UUID) -> dict[str, Any]:
    """Everything a poster says about a link. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "SELECT l.code, l.campaign, l.team, p.name AS promoter_name, g.title, g.cover_key, g.price_from_amount,"
        " g.compare_at_amount FROM tracked_link l JOIN promoter p ON p.id = l.promoter"
        " LEFT JOIN product g ON g.id = l.product WHERE l.id = $2 AND l.promoter = $1",
        promoter, link_id,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return dict(row)
