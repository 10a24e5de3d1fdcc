"""How a store's points are earned, what they are worth, and how long they are good: one row.

Points expire on the store's calendar, a number of months after they came or on a fixed day of the year, and not at all
unless the store says so. Whenever that rule changes, all points begin a new life on that day: a change expires nothing.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.kernel.money import BASIS_POINTS

MOST_POINTS = 100_000
MOST_MONTHS = 120
MOST_DAYS = 3650

Expiry = Literal["never", "after", "yearly"]


class PointsRule(msgspec.Struct, frozen=True):
    """`earn_points` for every currency unit paid for goods; `spend_points` are worth one unit. Zero turns it off.

    `after`: good for `good_for_months`. `yearly`: good until the first `expiry_day` (month-day) after so many months.
    """

    earn_points: int = 0
    spend_points: int = 0
    max_share_bps: int = 5_000
    version: int = 0
    expiry: Expiry = "never"
    good_for_months: int = 12
    expiry_day: str = "12-31"
    expiry_since: datetime | None = None
    expired_on: date | None = None

    def good_until(self, came_at: datetime, zone: ZoneInfo) -> datetime | None:
        """The end of the last day of points that came then; None for ever."""
        if self.expiry == "never":
            return None
        start = max(came_at, self.expiry_since or came_at).astimezone(zone).date()
        last = _months_later(start, self.good_for_months)
        if self.expiry == "yearly":
            last = _next(self.expiry_day, last)
        return datetime.combine(last + timedelta(days=1), time(), zone)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _next(month_day: str, day: date) -> date:
    """The first such day of a year that is not before `day`."""
    month, number = (int(part) for part in month_day.split("-"))
    this_year = date(day.year, month, number)
    return this_year if this_year >= day else this_year.replace(year=day.year + 1)


async def points_rule() -> PointsRule:
    row = await tenants.connection().fetchrow(
        "SELECT earn_points, spend_points, max_share_bps, version, expiry, good_for_months, expiry_day, expiry_since,"
        " expired_on FROM points_rule"
    )
    return PointsRule(**row) if row else PointsRule()


CHANGE = """
INSERT INTO points_rule AS known (id, earn_points, spend_points, max_share_bps, updated_at, expiry, good_for_months,
    expiry_day, expiry_since)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $5)
ON CONFLICT (only_one) DO UPDATE SET earn_points = EXCLUDED.earn_points, spend_points = EXCLUDED.spend_points,
    max_share_bps = EXCLUDED.max_share_bps, version = known.version + 1, updated_at = EXCLUDED.updated_at,
    expiry_since = CASE
        WHEN (known.expiry, known.good_for_months, known.expiry_day)
            = (EXCLUDED.expiry, EXCLUDED.good_for_months, EXCLUDED.expiry_day) THEN known.expiry_since
        ELSE EXCLUDED.expiry_since END,
    expiry = EXCLUDED.expiry, good_for_months = EXCLUDED.good_for_months, expiry_day = EXCLUDED.expiry_day
"""


async def change_points_rule(rule: PointsRule) -> None:
    """Orders that were placed keep the rule they were placed with. Raises InvalidInput."""
    wrong = {
        name: N_("Between 0 and 100,000 points.")
        for name in ("earn_points", "spend_points")
        if not 0 <= getattr(rule, name) <= MOST_POINTS
    }
    if not 0 <= rule.max_share_bps <= BASIS_POINTS:
        wrong["max_share"] = N_("Between 0 and 100 percent.")
    if wrong := wrong | _wrong_expiry(rule):
        raise InvalidInput(wrong)
    await tenants.connection().execute(
        CHANGE, new_id(), rule.earn_points, rule.spend_points, rule.max_share_bps, now(), rule.expiry,
        rule.good_for_months, rule.expiry_day,
    )  # fmt: skip


def _wrong_expiry(rule: PointsRule) -> dict[str, str]:
    wrong: dict[str, str] = {}
    least = 1 if rule.expiry == "after" else 0
    if not least <= rule.good_for_months <= MOST_MONTHS:
        wrong["good_for_months"] = N_("Between 1 and 120 months; 0 only with a fixed day.")
    if not _is_day(rule.expiry_day):
        wrong["expiry_day"] = N_("Enter a day that every year has, like 12-31.")
    return wrong


def _is_day(month_day: str) -> bool:
    """Of every year: the 29th of February is not."""
    try:
        return bool(re.fullmatch(r"\d\d-\d\d", month_day, re.ASCII) and date.fromisoformat(f"2027-{month_day}"))
    except ValueError:
        return False


async def level_days() -> int:
    """How many days member levels look back."""
    days: int | None = await tenants.connection().fetchval("SELECT level_days FROM points_rule")
    return days or 365


async def change_level_days(days: int) -> None:
    """Levels are counted anew with it at once. Raises InvalidInput."""
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput({"level_days": N_("Between 1 and 3,650 days.")})
    await tenants.connection().execute(
        "INSERT INTO points_rule (id, level_days, updated_at) VALUES ($1, $2, $3)"
        " ON CONFLICT (only_one) DO UPDATE SET level_days = EXCLUDED.level_days, updated_at = EXCLUDED.updated_at",
        new_id(), days, now(),
    )  # fmt: skip


async def mark_expired(day: date) -> None:
    """Everything that was good until before this day is expired."""
    await tenants.connection().execute("UPDATE points_rule SET expired_on = $1", day)
