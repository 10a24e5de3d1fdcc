"""The count over time: what was taken, less what fell away, of pieces or of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.backoffice.ladder_chart import Moved, climb

START = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_it_climbs_with_what_is_paid_and_falls_with_what_is_called_off() -> None:
    moved = [Moved(_at(1), 2, ("a",)), Moved(_at(2), 3, ("b",)), Moved(_at(3), -2, ("a",))]

    assert [count for _, count in climb(moved, START, _at(4), by_people=False, points=4)] == [0, 2, 5, 3, 3]


def test_a_person_is_counted_once_and_leaves_with_the_last_order() -> None:
    moved = [
        Moved(_at(1), 2, ("phone", "mail")), Moved(_at(2), 1, ("phone",)), Moved(_at(3), 1, ("other",)),
        Moved(_at(4), -2, ("phone", "mail")), Moved(_at(5), -1, ("phone",)),
    ]  # fmt: skip

    assert [count for _, count in climb(moved, START, _at(5), by_people=True, points=5)] == [0, 1, 1, 2, 2, 1]


def test_nothing_is_drawn_before_it_opens() -> None:
    assert climb([], None, START, by_people=False) == []
    assert climb([], START, START, by_people=False) == []
