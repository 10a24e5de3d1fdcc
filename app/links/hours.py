"""What came through a link hour by hour: written with the totals, read by charts, and kept when the clicks are gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.formats import date as written
from app.kernel.formats import zone_of
from app.kernel.i18n import current_locale
from app.links.clicks import Unfolded

# Why a click of a person does not qualify; every other reason says that it was none.
BARRED = frozenset({"paused", "promoter_not_approved"})


class Span(msgspec.Struct, frozen=True):
    """The clicks of one stretch of time. `screened` are machines, looks ahead, and pages that loaded it as a part."""

    starts_at: datetime
    raw_clicks: int = 0
    clicks: int = 0
    visitors: int = 0
    screened: int = 0


class Days(msgspec.Struct, frozen=True):
    """The days of a chart, the oldest first, also those on which nothing came."""

    names: list[str]
    raw: list[int]
    clicks: list[int]

    @property
    def others(self) -> list[int]:
        """What arrived and did not count."""
        return [raw - clicks for raw, clicks in zip(self.raw, self.clicks, strict=True)]


async def add_hours(folded: Sequence[Unfolded], counted: set[UUID], met: set[UUID]) -> None:
    """Add freshly folded clicks to their hours. Lock the tallies of their links before."""
    sums: dict[tuple[UUID, datetime], list[int]] = {}
    for click in folded:
        hour = sums.setdefault((click.link, click.clicked_at.replace(minute=0, second=0, microsecond=0)), [0, 0, 0, 0])
        hour[0] += 1
        hour[1] += click.id in counted
        hour[2] += click.id in met
        hour[3] += bool(click.reason) and click.reason not in BARRED
    order = sorted(sums)
    await tenants.connection().execute(
        "INSERT INTO link_hour AS h (link, hour, raw_clicks, clicks, visitors, screened)"
        " SELECT n.link, n.hour, n.raw_clicks, n.clicks, n.visitors, n.screened FROM unnest($1::uuid[],"
        " $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])"
        " AS n (link, hour, raw_clicks, clicks, visitors, screened)"
        " ON CONFLICT (link, hour) DO UPDATE SET raw_clicks = h.raw_clicks + excluded.raw_clicks,"
        " clicks = h.clicks + excluded.clicks, visitors = h.visitors + excluded.visitors,"
        " screened = h.screened + excluded.screened",
        [link for link, _ in order], [hour for _, hour in order],
        *([sums[key][place] for key in order] for place in range(4)),
    )  # fmt: skip


async def days_of(link_ids: Sequence[UUID], since: datetime, zone: str) -> list[Span]:
    """The days on which anything came, by the clock of that time zone, oldest first."""
    rows = await tenants.connection().fetch(
        "SELECT date_trunc('day', hour, $3) AS starts_at, sum(raw_clicks)::bigint, sum(clicks)::bigint,"
        " sum(visitors)::bigint, sum(screened)::bigint FROM link_hour"
        " WHERE link = ANY($1::uuid[]) AND hour >= $2 GROUP BY 1 ORDER BY 1",
        list(link_ids), since, zone,
    )  # fmt: skip
    return [Span(*row.values()) for row in rows]


async def last_days(link_ids: Sequence[UUID], zone: str, days: int = 30) -> Days:
    """The last days by the clock of that time zone, today among them, with their names for the reader."""
    clock = zone_of(zone)
    first = (now().astimezone(clock) - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    found = {span.starts_at.astimezone(clock).date(): span for span in await days_of(link_ids, first, zone)}
    dates: list[date] = [first.date() + timedelta(days=number) for number in range(days)]
    spans = [found.get(day) or Span(first) for day in dates]
    return Days(
        [written(day, current_locale.get(), clock) for day in dates],
        [span.raw_clicks for span in spans],
        [span.clicks for span in spans],
    )
