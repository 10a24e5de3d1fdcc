"""By when an order leaves: hours of working days, from the cut-off on."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.fulfillment import Terms, ship_by

SHANGHAI = "Asia/Shanghai"
FRIDAY_TEN = "2026-11-20 10:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(SHANGHAI))


@pytest.mark.parametrize(
    ("terms", "paid", "promised"),
    [
        (Terms(), FRIDAY_TEN, "2026-11-22 10:00"),
        (Terms(hours=24, weekends=False), FRIDAY_TEN, "2026-11-23 10:00"),
        (Terms(hours=24, weekends=False), "2026-11-21 12:00", "2026-11-24 00:00"),
        (Terms(hours=24), "2026-11-20 17:00", "2026-11-22 00:00"),
        (Terms(hours=24), "2026-11-20 16:59", "2026-11-21 16:59"),
        (Terms(hours=1, holidays=(date(2026, 11, 20),)), FRIDAY_TEN, "2026-11-21 01:00"),
        (Terms(hours=14), FRIDAY_TEN, "2026-11-21 00:00"),
    ],
)
def test_hours_run_on_working_days(terms: Terms, paid: str, promised: str) -> None:
    assert ship_by(at(paid), terms, SHANGHAI) == at(promised)


def test_a_calendar_of_days_off_does_not_stand_still() -> None:
    never = Terms(hours=1, holidays=tuple(date.fromordinal(date(2026, 11, 1).toordinal() + day) for day in range(500)))

    assert ship_by(at(FRIDAY_TEN), never, SHANGHAI) > at(FRIDAY_TEN)
