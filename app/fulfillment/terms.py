"""What a store promises about shipping: by when an order leaves, and whether it goes to its warehouse by itself.

The promised hours run on working days only. An order that is free to be sent after the cut-off counts from the next
working day. The clock is the store's own.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

SATURDAY = 5
FURTHEST = 400  # days looked ahead; a calendar of holidays alone promises nothing


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """`cutoff_minute` is counted from midnight."""

    release: Literal["automatic", "manual"] = "automatic"
    hours: int = 48
    cutoff_minute: int = 17 * 60
    weekends: bool = True
    holidays: tuple[date, ...] = ()
    warn_hours: int = 4

    def works(self, day: date) -> bool:
        return day not in self.holidays and (self.weekends or day.weekday() < SATURDAY)


def ship_by(free_at: datetime, terms: Terms, zone: str) -> datetime:
    """By when goods leave that are free to be sent since `free_at`."""
    here = ZoneInfo(zone)
    at = free_at.astimezone(here).replace(tzinfo=None)
    if not terms.works(at.date()) or at.hour * 60 + at.minute >= terms.cutoff_minute:
        at = _next_working_day(at, terms)
    left = timedelta(hours=terms.hours)
    while left > (until_midnight := _midnight_after(at) - at):
        left -= until_midnight
        at = _next_working_day(at, terms)
    return (at + left).replace(tzinfo=here)


def end_of(day: date, zone: str) -> datetime:
    """The last minute of a day that was promised: whatever leaves on it is in time."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone))


def _midnight_after(at: datetime) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), time())


def _next_working_day(at: datetime, terms: Terms) -> datetime:
    for _ in range(FURTHEST):
        at = _midnight_after(at)
        if terms.works(at.date()):
            break
    return at


def cutoff_today(terms: Terms, zone: str) -> datetime | None:
    """Until when an order released today counts as today's; None on days off and when it is over."""
    here = now().astimezone(ZoneInfo(zone))
    if not terms.works(here.date()) or terms.cutoff_minute >= 24 * 60:
        return None
    at = datetime.combine(here.date(), time(), here.tzinfo) + timedelta(minutes=terms.cutoff_minute)
    return at if at > here else None


SAVE = """
INSERT INTO shipping_terms (id, release, hours, cutoff_minute, weekends, holidays, warn_hours, changed_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (only_one) DO UPDATE SET release = excluded.release, hours = excluded.hours,
    cutoff_minute = excluded.cutoff_minute, weekends = excluded.weekends, holidays = excluded.holidays,
    warn_hours = excluded.warn_hours, changed_by = excluded.changed_by, changed_at = excluded.changed_at
"""


async def shipping_terms() -> Terms:
    """A store that said nothing promises what every new store promises."""
    row = await tenants.connection().fetchrow(
        "SELECT release, hours, cutoff_minute, weekends, holidays, warn_hours FROM shipping_terms"
    )
    return Terms(**{**row, "holidays": tuple(row["holidays"])}) if row else Terms()


async def change_shipping_terms(terms: Terms, *, by: str) -> None:
    """From now on; what was promised before stays promised."""
    await tenants.connection().execute(
        SAVE, new_id(), terms.release, terms.hours, terms.cutoff_minute, terms.weekends, list(terms.holidays),
        terms.warn_hours, by, now(),
    )  # fmt: skip


KEEP_BACK = """
UPDATE fulfillment_order SET status = 'scheduled', released_at = NULL, updated_at = now()
WHERE id = $1 AND status = 'open' AND submitted_at IS NULL AND NOT let_out
    AND EXISTS (SELECT 1 FROM shipping_terms WHERE release = 'manual') RETURNING id
"""


async def keep_back(work_order: UUID) -> bool:
    """Where people decide when a work order goes, one that nobody let out goes on waiting for them."""
    return await tenants.connection().fetchval(KEEP_BACK, work_order) is not None
