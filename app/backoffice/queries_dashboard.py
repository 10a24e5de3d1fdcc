"""Reads of the dashboard: what waits, how it goes, who sells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app.inventory import LOW

_TO_DO = f"""
SELECT
    (SELECT count(*) FROM orders WHERE payment_status IN ('paid', 'authorized', 'partially_refunded')
        AND fulfillment_status = 'unfulfilled') AS to_ship,
    (SELECT min(placed_at) FROM orders WHERE payment_status IN ('paid', 'authorized', 'partially_refunded')
        AND fulfillment_status = 'unfulfilled') AS to_ship_since,
    (SELECT count(*) FROM payment WHERE status IN ('pending', 'authorized') AND (provider = 'bank_transfer'
        OR provider = 'cash_on_delivery' AND order_id IN (SELECT id FROM orders WHERE status = 'completed')))
        AS by_hand,
    (SELECT count(*) FROM refund JOIN payment ON payment.id = refund.payment WHERE refund.status <> 'succeeded'
        AND payment.provider IN ('bank_transfer', 'cash_on_delivery')) AS to_send_back,
    (SELECT count(*) FROM fulfillment_exception WHERE status = 'open') AS trouble,
    (SELECT min(opened_at) FROM fulfillment_exception WHERE status = 'open') AS trouble_since,
    (SELECT count(*) FROM promoter WHERE status = 'pending') AS applications,
    (SELECT count(*) FROM aftersale WHERE closed_at IS NULL AND waits_for = 'merchant') AS aftersales,
    (SELECT min(deadline_at) FROM aftersale WHERE closed_at IS NULL AND waits_for = 'merchant') AS aftersales_until,
    (SELECT count(*) FROM refund WHERE status = 'failed') AS failed_refunds,
    (SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE status = 'failed') AS failed_refunds_amount,
    (SELECT count(*) FROM ticket WHERE status = 'open' AND NOT starts_with(kind, 'goods.')) AS tickets,
    (SELECT min(opened_at) FROM ticket WHERE status = 'open' AND NOT starts_with(kind, 'goods.')) AS tickets_since,
    (SELECT count(*) FROM product WHERE status = 'draft') AS drafts,
    (SELECT count(*) FROM product_image WHERE status <> 'stored') AS pictures_awaited,
    (SELECT count(*) FROM stock_level AS level LEFT JOIN stock_rule AS rule ON true
        JOIN variant ON variant.id = level.variant AND variant.active
        JOIN product ON product.id = variant.product AND product.status = 'published' WHERE {LOW}) AS low_stock
"""  # noqa: S608 - constants only
# A replacement is sent, but it was not sold: it counts as work, and in no figure.
_SOLD = "NOT EXISTS (SELECT 1 FROM aftersale WHERE aftersale.exchange_order = o.id)"
# One order is live, shared or organic by its first line's decision; refunds are taken off the day they were sold.
_SALES = f"""
SELECT (o.paid_at AT TIME ZONE $2)::date AS day,
       CASE WHEN d.live_session IS NOT NULL THEN 'live' WHEN d.promoter IS NOT NULL THEN 'shared' ELSE 'organic' END
           AS source,
       sum(o.paid_amount - o.refunded_amount)::bigint AS amount, count(*) AS orders
FROM orders o
LEFT JOIN LATERAL (
    SELECT promoter, live_session FROM attribution_decision
    WHERE order_id = o.id AND status <> 'void' AND promoter IS NOT NULL LIMIT 1
) d ON true
WHERE o.paid_at >= $1 AND {_SOLD} GROUP BY 1, 2
"""  # noqa: S608 - constants only
# How far the orders of a span came.
_WAY = f"""
SELECT count(*) AS placed, count(*) FILTER (WHERE paid_at IS NOT NULL) AS paid,
       count(*) FILTER (WHERE paid_at IS NOT NULL
           AND fulfillment_status IN ('partially_fulfilled', 'fulfilled', 'delivered')) AS shipped,
       count(*) FILTER (WHERE paid_at IS NOT NULL AND fulfillment_status = 'delivered') AS delivered
FROM orders AS o WHERE placed_at >= $1 AND {_SOLD}
"""  # noqa: S608 - constants only
_TOP = """
SELECT p.id, p.name, p.kinds, p.status, coalesce(sum(t.clicks), 0)::bigint AS clicks,
       coalesce(sum(t.paid_orders), 0)::bigint AS paid_orders,
       coalesce(sum(t.gmv_amount - t.refunded_amount), 0)::bigint AS net_amount,
       coalesce(sum(t.commission_amount), 0)::bigint AS commission_amount
FROM promoter p JOIN tracked_link l ON l.promoter = p.id JOIN link_tally t ON t.link = l.id
GROUP BY p.id, p.name, p.kinds, p.status ORDER BY net_amount DESC, clicks DESC, p.id LIMIT 5
"""
_STEPS = """
SELECT EXISTS (SELECT 1 FROM product WHERE status = 'published') AS products,
       EXISTS (SELECT 1 FROM store_profile WHERE logo_key IS NOT NULL OR hero_title <> '') AS look,
       EXISTS (SELECT 1 FROM promoter WHERE status = 'approved') AS host,
       EXISTS (SELECT 1 FROM orders) AS orders,
       EXISTS (SELECT 1 FROM store_profile WHERE freight_amount > 0 OR free_freight_from_amount IS NOT NULL)
           OR EXISTS (SELECT 1 FROM freight_template) AS freight
"""
_LIVE = """
SELECT s.id, s.title, s.status, s.platform, s.scheduled_at, s.started_at, p.name AS host
FROM live_session s JOIN promoter p ON p.id = s.promoter ORDER BY s.created_at DESC, s.id LIMIT 4
"""
SOURCES = ("live", "shared", "organic")


@dataclass(frozen=True, slots=True)
class Sales:
    """Net sales by day and source, oldest day first; `before` are the same figures of the time just before."""

    days: list[date]
    by_source: dict[str, list[int]]
    orders: list[int]
    before_amount: int
    before_orders: int
    before_driven: int

    @property
    def totals(self) -> list[int]:
        return [sum(values) for values in zip(*self.by_source.values(), strict=True)]

    @property
    def amount(self) -> int:
        return sum(self.totals)

    @property
    def driven(self) -> list[float]:
        """The share of each day that live shows and sharers brought, in percent."""
        organic = self.by_source["organic"]
        return [100 * (total - own) / total if total else 0 for total, own in zip(self.totals, organic, strict=True)]

    @property
    def driven_percent(self) -> float:
        total = self.amount
        return 100 * (total - sum(self.by_source["organic"])) / total if total else 0

    @property
    def before_driven_percent(self) -> float:
        return 100 * self.before_driven / self.before_amount if self.before_amount else 0


async def to_do() -> Mapping[str, Any]:
    row = await tenants.connection().fetchrow(_TO_DO)
    return dict(row or {})


async def sales(days: int, moment: datetime) -> Sales:
    """Paid orders of the last `days` days in the store's own calendar."""
    zone = tenants.current().time_zone
    today = moment.astimezone(ZoneInfo(zone)).date()
    calendar = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    first = calendar[0] - timedelta(days=days)
    start = datetime.combine(first, datetime.min.time(), ZoneInfo(zone))
    rows = await tenants.connection().fetch(_SALES, start, zone)
    amounts = {(row["day"], row["source"]): row["amount"] for row in rows}
    earlier = [row for row in rows if row["day"] < calendar[0]]
    return Sales(
        calendar,
        {source: [amounts.get((day, source), 0) for day in calendar] for source in SOURCES},
        [sum(row["orders"] for row in rows if row["day"] == day) for day in calendar],
        sum(row["amount"] for row in earlier),
        sum(row["orders"] for row in earlier),
        sum(row["amount"] for row in earlier if row["source"] != "organic"),
    )


async def way(days: int, moment: datetime) -> dict[str, int]:
    """How many orders were placed in the span, and how many of them were paid, shipped, delivered by now."""
    row = await tenants.connection().fetchrow(_WAY, moment - timedelta(days=days))
    return dict(row or {})


async def top_promoters() -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_TOP)]


async def recent_shows() -> list[Mapping[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(_LIVE)]


async def steps_taken() -> Mapping[str, bool]:
    """What a new store has done so far."""
    row = await tenants.connection().fetchrow(_STEPS)
    return dict(row or {})
