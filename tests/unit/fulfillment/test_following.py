"""A parcel's state follows the newest report and never moves backwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.fulfillment.tracking import Report, moves

MORNING = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOON = MORNING + timedelta(hours=3)


def report(status: str, at: datetime | None = NOON) -> Report:
    return Report("SF1", status, at, ())


@pytest.mark.parametrize(
    ("now", "last", "told", "expected"),
    [
        ("shipped", None, report("in_transit"), True),
        ("shipped", None, report("delivered"), True),
        ("in_transit", MORNING, report("out_for_delivery"), True),
        ("in_transit", NOON, report("delivered"), True),  # two steps within a second
        ("out_for_delivery", NOON, report("in_transit", MORNING), False),
        ("out_for_delivery", MORNING, report("in_transit"), False),
        ("delivered", MORNING, report("in_transit"), False),
        ("delivered", MORNING, report("exception"), False),
        ("in_transit", MORNING, report("exception"), True),
        ("exception", MORNING, report("in_transit"), True),
        ("exception", NOON, report("in_transit", MORNING), False),
        ("in_transit", NOON, report("delivered", MORNING), False),
        ("in_transit", MORNING, report("in_transit"), False),
    ],
)
def test_only_newer_news_moves_a_parcel(now: str, last: datetime | None, told: Report, expected: bool) -> None:
    assert moves(now, last, told) is expected
