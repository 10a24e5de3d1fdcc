"""Which clicks count."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.kernel.ids import new_id
from app.links.counting import QUIET, choose_counted

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINK, VISITOR = UUID(int=1), UUID(int=2)


def _click(seconds: float, visitor: UUID = VISITOR) -> tuple[UUID, UUID, UUID, datetime]:
    return new_id(), LINK, visitor, NOON + timedelta(seconds=seconds)


def test_a_tapping_finger_counts_once() -> None:
    clicks = [_click(second / 10) for second in range(200)]

    assert choose_counted(clicks, {}) == {clicks[0][0]}


def test_two_visitors_count_twice() -> None:
    clicks = [_click(0), _click(1, visitor=UUID(int=3))]

    assert len(choose_counted(clicks, {})) == 2


def test_what_counted_before_is_remembered() -> None:
    assert choose_counted([_click(10)], {(LINK, VISITOR): [NOON]}) == set()
    assert len(choose_counted([_click(30)], {(LINK, VISITOR): [NOON]})) == 1


@given(st.lists(st.integers(0, 300), max_size=60))
def test_never_two_within_thirty_seconds_whatever_the_order(seconds: list[int]) -> None:
    clicks = [_click(second) for second in seconds]
    random.Random(7).shuffle(clicks)

    counted = choose_counted(clicks, {})

    times = sorted(at for click_id, _, _, at in clicks if click_id in counted)
    assert all(later - earlier >= QUIET for earlier, later in pairwise(times))
    assert bool(counted) == bool(seconds)
