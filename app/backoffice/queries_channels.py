"""What the pages about channels read: clicks by the hour, orders net of refunds, and what the rate cards make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import tenants
from app import links
from app.kernel.clock import now
from app.kernel.formats import zone_of

# The card that was in force when the hour began; the first one also for what came before it.
_CLICKS = """
SELECT l.channel, sum(h.raw_clicks)::bigint AS raw_clicks, sum(h.clicks)::bigint AS clicks,
    sum(h.visitors)::bigint AS visitors, sum(h.clicks * card.click_amount)::bigint AS clicks_amount
FROM link_hour h JOIN tracked_link l ON l.id = h.link AND l.channel IS NOT NULL
JOIN LATERAL (SELECT click_amount FROM channel_rate WHERE channel_rate.channel = l.channel
    AND (valid_from <= h.hour OR version = 1) ORDER BY version DESC LIMIT 1) AS card ON true
WHERE h.hour >= $1 GROUP BY l.channel
"""
# Paid orders with what stays sold of their goods; one that went back whole is no order, costs nothing and was no first.
_SOLD = """
WITH sold AS (
    SELECT k.channel, o.id, k.order_amount, k.sale_bps, o.placed_at, goods.amount - back.amount AS net_amount,
        NOT EXISTS (SELECT 1 FROM orders AS earlier WHERE earlier.paid_at < o.paid_at
            AND (earlier.customer = o.customer OR earlier.email <> '' AND earlier.email = o.email)) AS is_first
    FROM channel_order k JOIN orders o ON o.id = k.order_id AND o.paid_at IS NOT NULL
    JOIN LATERAL (SELECT sum(goods_amount - discount_amount)::bigint AS amount FROM order_line
        WHERE order_line.order_id = o.id) AS goods ON true
    JOIN LATERAL (SELECT coalesce(sum(part.goods_amount), 0)::bigint AS amount FROM refund_line AS part
        JOIN refund ON refund.id = part.refund WHERE refund.order_id = o.id AND refund.status = 'succeeded')
        AS back ON true
    WHERE o.placed_at >= $1
)
"""
_ORDERS = f"""{_SOLD}
SELECT channel, count(*) AS orders, count(*) FILTER (WHERE is_first) AS first_orders,
    sum(net_amount)::bigint AS net_amount, sum(order_amount)::bigint AS orders_amount,
    sum(net_amount * sale_bps / 10000)::bigint AS sales_amount,
    (SELECT coalesce(sum(m.amount - m.reversed_amount), 0)::bigint FROM commission_line m
        WHERE m.order_id = ANY(array_agg(sold.id)) AND m.status <> 'canceled') AS commission_amount
FROM sold WHERE net_amount > 0 GROUP BY channel
"""  # noqa: S608 - constants only
_BY_DAY = f"""{_SOLD}
SELECT (placed_at AT TIME ZONE $3)::date AS day, count(*) AS orders FROM sold
WHERE net_amount > 0 AND channel = $2 GROUP BY 1
"""  # noqa: S608 - constants only
_SPENT = "SELECT channel, sum(amount)::bigint AS spend_amount FROM channel_spend WHERE spent_on >= $1 GROUP BY channel"
_LINKS = """
SELECT l.id, l.code, l.label, l.status, coalesce(m.title, g.title, '') AS shown, t.clicks, t.raw_clicks, t.visitors
FROM tracked_link l JOIN link_tally t ON t.link = l.id LEFT JOIN product g ON g.id = l.product
LEFT JOIN campaign m ON m.id = l.campaign WHERE l.channel = $1 ORDER BY l.created_at DESC, l.id DESC LIMIT 500
"""
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


async def figures(days: int) -> dict[UUID, links.Figures]:
    """By channel, of the last days of the store, today among them; of all time for 0."""
    since = _since(days)
    facts: dict[UUID, dict[str, int]] = {}
    for sql, start in ((_CLICKS, since), (_ORDERS, since), (_SPENT, _day_of(since))):
        for row in await tenants.connection().fetch(sql, start):
            found = dict(row)
            facts.setdefault(found.pop("channel"), {}).update(found)
    return {channel: links.Figures(**values) for channel, values in facts.items()}


async def by_day(channel_id: UUID, link_ids: Sequence[UUID], days: int) -> Mapping[str, list[Any]]:
    """Visits and orders of each of the last days, the oldest first."""
    zone, since = tenants.current().time_zone, _since(days)
    visits = {_day_of(one.starts_at): one.visitors for one in await links.days_of(link_ids, since, zone)}
    rows = await tenants.connection().fetch(_BY_DAY, since, channel_id, zone)
    orders = {row["day"]: row["orders"] for row in rows}
    first = _day_of(since)
    dates = [first + timedelta(days=number) for number in range(days)]
    return {
        "dates": dates,
        "visits": [visits.get(day, 0) for day in dates],
        "orders": [orders.get(day, 0) for day in dates],
    }


async def links_of(channel_id: UUID) -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_LINKS, channel_id)]


def _since(days: int) -> datetime:
    """Midnight of the store that many days ago, today counted."""
    if not days:
        return LONG_AGO
    local = now().astimezone(zone_of(tenants.current().time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(zone_of(tenants.current().time_zone)).date()
