"""How a ladder's count climbed over time: what was taken, less what fell away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

POINTS = 48


@dataclass(frozen=True, slots=True)
class Moved:
    """Units of one order that were taken (or, below zero, fell away), and the marks its person is known by."""

    at: datetime
    units: int
    persons: tuple[str, ...] = ()


def climb(
    moved: Sequence[Moved], start: datetime | None, end: datetime, *, by_people: bool, points: int = POINTS
) -> list[tuple[datetime, int]]:
    """The count at evenly spaced moments; nothing before it was opened."""
    if start is None or end <= start:
        return []
    counted, rows = list(_counts(moved, by_people=by_people)), []
    place, count = 0, 0
    for point in range(points + 1):
        at = start + (end - start) * point / points
        while place < len(counted) and counted[place][0] <= at:
            count, place = counted[place][1], place + 1
        rows.append((at, count))
    return rows


def _counts(moved: Iterable[Moved], *, by_people: bool) -> Iterable[tuple[datetime, int]]:
    count, orders = 0, Counter[str]()
    for one in moved:
        new = not any(orders[person] for person in one.persons)
        for person in one.persons:
            orders[person] += 1 if one.units > 0 else -1
        last = not any(orders[person] for person in one.persons)
        people = int(new) if one.units > 0 else -int(last)
        count += people if by_people else one.units
        yield one.at, count
