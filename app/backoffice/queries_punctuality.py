"""How well the promise of shipping is kept: by day, and by warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import tenants
from app.kernel.clock import now

DAYS = 14
# A work order has left when its first parcel did; one that has not and is overdue counts on the day it was due.
_REPORT = """
WITH left_at AS (
    SELECT work.id, work.warehouse, work.ship_by, work.status,
        (SELECT min(parcel.shipped_at) FROM fulfillment AS parcel
            WHERE parcel.fulfillment_order = work.id AND parcel.status <> 'canceled') AS at
    FROM fulfillment_order AS work
    WHERE work.ship_by >= $1::timestamptz - interval '30 days' AND work.status <> 'canceled'
)
SELECT (least(coalesce(at, ship_by), ship_by) AT TIME ZONE $2)::date AS day, place.name AS warehouse,
    count(*) FILTER (WHERE at <= ship_by) AS on_time,
    count(*) FILTER (WHERE at > ship_by OR at IS NULL AND ship_by < $3 AND left_at.status <> 'closed') AS late
FROM left_at JOIN warehouse AS place ON place.id = left_at.warehouse
WHERE at IS NOT NULL OR ship_by < $3 GROUP BY 1, 2 HAVING (least(min(coalesce(at, ship_by)), min(ship_by))) >= $1
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    on_time: int
    late: int

    @property
    def share(self) -> int:
        """In whole percent, rounded down: what is missing is never called all of it."""
        return 100 * self.on_time // (self.on_time + self.late) if self.on_time + self.late else 100


@dataclass(frozen=True, slots=True)
class Report:
    """By day of the store, and by warehouse over all of them."""

    days: Sequence[date]
    on_time: Sequence[int]
    late: Sequence[int]
    places: Sequence[Place]

    @property
    def is_empty(self) -> bool:
        return not self.places

    @property
    def all(self) -> Place:
        return Place("", sum(self.on_time), sum(self.late))


async def report() -> Report:
    zone = tenants.current().time_zone
    today = now().astimezone(ZoneInfo(zone)).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    rows = [
        dict(row) for row in await tenants.connection().fetch(_REPORT, now() - timedelta(days=DAYS), zone, now())
        if row["on_time"] + row["late"]
    ]  # fmt: skip
    names = sorted({row["warehouse"] for row in rows})
    return Report(
        days, [_sum(rows, "on_time", day=day) for day in days], [_sum(rows, "late", day=day) for day in days],
        [Place(name, _sum(rows, "on_time", warehouse=name), _sum(rows, "late", warehouse=name)) for name in names],
    )  # fmt: skip


def _sum(rows: Sequence[dict[str, Any]], what: str, **of: Any) -> int:
    return sum(row[what] for row in rows if all(row[name] == value for name, value in of.items()))
