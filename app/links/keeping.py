"""How long single clicks are kept, and in which parts of the table they lie: one for each month, made ahead.

The id of a click begins with the milliseconds of its arrival, so a month is a range of ids. What came of the clicks is
kept by the hour for good; a touch and a receipt keep the ids of theirs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.ids import new_id

USUAL_DAYS = 90
FEWEST_DAYS, MOST_DAYS = 30, 730
MONTHS_AHEAD = 2
BATCH = 5_000
PARTS = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'click'::regclass"
)
# A policy may look back longer than the store keeps clicks; then it is the policy that counts.
_WINDOW = """
SELECT greatest((SELECT max(click_window_days) FROM store_profile), (SELECT max(click_window_days)
    FROM attribution_policy)) AS days
"""


class Month(NamedTuple):
    """A calendar month in UTC, and the part of the table that keeps its clicks."""

    starts_at: datetime

    @property
    def part(self) -> str:
        return f"click_{self.starts_at:%Y_%m}"

    @property
    def first_id(self) -> UUID:
        """No click of the month has a smaller id, and none of the month before a greater one."""
        return UUID(int=int(self.starts_at.timestamp() * 1000) << 80)

    @property
    def next(self) -> Month:
        return Month((self.starts_at + timedelta(days=32)).replace(day=1))


def month_of(moment: datetime) -> Month:
    return Month(moment.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def month_of_part(part: str) -> Month | None:
    """None for the part where everything lies that no month was made for."""
    try:
        return Month(datetime.strptime(part, "click_%Y_%m").replace(tzinfo=UTC))
    except ValueError:
        return None


def months_wanted(moment: datetime) -> list[Month]:
    """This month and those that must be there before they begin."""
    months = [month_of(moment)]
    while len(months) <= MONTHS_AHEAD:
        months.append(months[-1].next)
    return months


def months_over(parts: list[str], keep_from: datetime) -> list[Month]:
    """Months of which no day is kept any more, the oldest first."""
    found = (month for part in parts if (month := month_of_part(part)))
    return sorted(month for month in found if month.next.starts_at <= keep_from)


async def parts() -> list[str]:
    return [row["relname"] for row in await tenants.connection().fetch(PARTS)]


async def keep_days() -> int:
    """What the store chose; never less than whoever decides about a sale looks back."""
    chosen = await tenants.connection().fetchval("SELECT keep_days FROM click_keeping")
    return max(chosen or USUAL_DAYS, await fewest_days())


async def fewest_days() -> int:
    window: int | None = await tenants.connection().fetchval(_WINDOW)
    return max(FEWEST_DAYS, (window or 0) + 1)


async def choose_keep_days(days: int, *, by: str) -> None:
    """Raises InvalidInput."""
    fewest = await fewest_days()
    if not fewest <= days <= MOST_DAYS:
        raise InvalidInput({"keep_days": N_("Not fewer days than a click counts for a sale, and at most two years.")})
    await tenants.connection().execute(
        "INSERT INTO click_keeping (id, keep_days, changed_by, changed_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (only_one) DO UPDATE SET keep_days = excluded.keep_days, changed_by = excluded.changed_by,"
        " changed_at = excluded.changed_at",
        new_id(), days, by, now(),
    )  # fmt: skip


async def forget_before(keep_from: datetime) -> int:
    """Take away one batch of old clicks that lie in no month; how many. Months are dropped whole, by their owner."""
    oldest = UUID(int=int(keep_from.timestamp() * 1000) << 80)
    status: str = await tenants.connection().execute(
        "DELETE FROM click_before WHERE id IN (SELECT id FROM click_before WHERE id < $1 AND folded_at IS NOT NULL"
        " ORDER BY id LIMIT $2)",
        oldest, BATCH,
    )  # fmt: skip
    return int(status.rpartition(" ")[2])
