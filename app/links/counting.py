"""Which clicks count in a link's total: one per visitor and link in thirty seconds, however often somebody taps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

QUIET = timedelta(seconds=30)

Pair = tuple[UUID, UUID]  # link, visitor


def choose_counted(
    clicks: Iterable[tuple[UUID, UUID, UUID, datetime]], already: Mapping[Pair, Iterable[datetime]]
) -> set[UUID]:
    """The ids that count among qualifying `clicks` (id, link, visitor, time), given the times that counted before.

    Order of arrival does not matter: a click that turns up late is measured against those before and after it.
    """
    taken: dict[Pair, list[datetime]] = {pair: list(times) for pair, times in already.items()}
    counted: set[UUID] = set()
    for click_id, link, visitor, at in sorted(clicks, key=lambda click: (click[3], click[0])):
        near = taken.setdefault((link, visitor), [])
        if all(abs(at - other) >= QUIET for other in near):
            near.append(at)
            counted.add(click_id)
    return counted
