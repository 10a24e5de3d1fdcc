"""How well carriers deliver: parcels, those that arrived, and how many of them in time."""

from __future__ import annotations

from datetime import datetime

import msgspec

import tenants
from app.fulfillment.shipping_rules import ShippingRules

FIGURES = """
SELECT coalesce(nullif(carrier_name, ''), nullif(carrier, ''), '–') AS carrier, count(*) AS parcels,
    count(*) FILTER (WHERE delivered_at IS NOT NULL) AS arrived,
    count(*) FILTER (WHERE delivered_at IS NOT NULL AND (CASE WHEN expected_on IS NULL
        THEN delivered_at <= shipped_at + $2 * interval '1 day'
        ELSE (delivered_at AT TIME ZONE $3)::date <= expected_on END)) AS in_time,
    count(*) FILTER (WHERE status IN ('exception', 'returned')) AS trouble,
    coalesce(extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY delivered_at - shipped_at)), 0)::bigint
        AS median_s
FROM fulfillment WHERE shipped_at >= $1 AND tracking_number <> '' AND status <> 'canceled'
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 30
"""


class CarrierFigures(msgspec.Struct, frozen=True):
    """`in_time` of those that arrived; `median_s` from leaving to arriving."""

    carrier: str
    parcels: int
    arrived: int
    in_time: int
    trouble: int
    median_s: int

    @property
    def in_time_bps(self) -> int:
        return self.in_time * 10_000 // self.arrived if self.arrived else 0

    @property
    def median_hours(self) -> int:
        return (self.median_s + 1800) // 3600


async def carrier_figures(since: datetime, rules: ShippingRules) -> list[CarrierFigures]:
    """Of parcels that left since then, the busiest carrier first."""
    zone = tenants.current().time_zone
    rows = await tenants.connection().fetch(FIGURES, since, rules.on_time_days, zone)
    return [CarrierFigures(**row) for row in rows]
