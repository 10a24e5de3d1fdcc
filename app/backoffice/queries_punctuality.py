"""How well the promise of shipping is kept, and how well carriers deliver: day by day, for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app.fulfillment import ShippingRules
from app.kernel import formats
from app.kernel.clock import now
from app.kernel.i18n import current_locale

DAYS = 30
MOST_CHARTS = 6  # the busiest ones
# A work order has left when its first parcel did; one that has not and is overdue counts on the day it was due.
_REPORT = """
WITH left_at AS (
    SELECT work.id, work.warehouse, work.ship_by, work.status,
        (SELECT min(parcel.shipped_at) FROM fulfillment AS parcel
            WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled') AS at
    FROM fulfillment_order AS work
    WHERE work.ship_by >= $1::timestamptz - interval '30 days' AND work.status <> 'canceled'
)
SELECT (least(coalesce(at, ship_by), ship_by) AT TIME ZONE $2)::date AS day, place.name AS name,
    count(*) FILTER (WHERE at <= ship_by) AS on_time,
    count(*) FILTER (WHERE at > ship_by OR at IS NULL AND ship_by < $3 AND left_at.status <> 'closed') AS late
FROM left_at JOIN warehouse AS place ON place.id = left_at.warehouse
WHERE at IS NOT NULL OR ship_by < $3 GROUP BY 1, 2 HAVING (least(min(coalesce(at, ship_by)), min(ship_by))) >= $1
ORDER BY 1, 2
"""
# By the day a parcel left; what is on its way is neither in time nor late yet.
_CARRIERS = """
SELECT coalesce(nullif(carrier_name, ''), nullif(carrier, ''), '–') AS name,
    (shipped_at AT TIME ZONE $3)::date AS day, count(*) FILTER (WHERE in_time) AS on_time,
    count(*) FILTER (WHERE delivered_at IS NOT NULL AND NOT in_time) AS late,
    count(*) FILTER (WHERE delivered_at IS NULL) AS under_way
FROM (SELECT *, delivered_at IS NOT NULL AND CASE WHEN expected_on IS NULL
        THEN delivered_at <= shipped_at + $2 * interval '1 day'
        ELSE (delivered_at AT TIME ZONE $3)::date <= expected_on END AS in_time
    FROM fulfillment WHERE shipped_at >= $1 AND tracking_number <> '' AND status <> 'canceled') AS parcel
GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse or carrier, with a number for each day."""

    name: str
    on_time: Sequence[int]
    late: Sequence[int]
    under_way: Sequence[int]

    @property
    def count(self) -> int:
        return sum(self.on_time) + sum(self.late) + sum(self.under_way)

    @property
    def share(self) -> int:
        """In whole percent, rounded down: what is missing is never called all of it."""
        on_time, late = sum(self.on_time), sum(self.late)
        return 100 * on_time // (on_time + late) if on_time + late else 100


@dataclass(frozen=True, slots=True)
class Report:
    """The last days of the store as people call them, each place over them by name, and all of them together."""

    days: Sequence[str]
    places: Sequence[Place]
    all: Place

    @property
    def is_empty(self) -> bool:
        return not self.places

    @property
    def charts(self) -> Sequence[Place]:
        """The busiest first; one alone has no chart beside that of all."""
        found = sorted(self.places, key=lambda place: -place.count)
        return found[:MOST_CHARTS] if len(found) > 1 else []


async def report() -> Report:
    """Of warehouses."""
    zone = tenants.current().time_zone
    rows = await tenants.connection().fetch(_REPORT, now() - timedelta(days=DAYS), zone, now())
    return _report([{**row, "under_way": 0} for row in rows if row["on_time"] + row["late"]])


async def of_carriers(rules: ShippingRules) -> Report:
    zone = tenants.current().time_zone
    rows = await tenants.connection().fetch(_CARRIERS, now() - timedelta(days=DAYS), rules.on_time_days, zone)
    return _report([dict(row) for row in rows])


def _report(rows: Sequence[dict[str, Any]]) -> Report:
    today = now().astimezone(ZoneInfo(tenants.current().time_zone)).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    names = sorted({row["name"] for row in rows})
    return Report(
        [formats.short_date(day, current_locale.get()) for day in days],
        [_place(name, [row for row in rows if row["name"] == name], days) for name in names],
        _place("", rows, days),
    )


def _place(name: str, rows: Sequence[dict[str, Any]], days: Sequence[date]) -> Place:
    on_time, late, under_way = (
        [sum(row[what] for row in rows if row["day"] == day) for day in days]
        for what in ("on_time", "late", "under_way")
    )
    return Place(name, on_time, late, under_way)
