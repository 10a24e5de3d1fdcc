"""The rule "last click"."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.attribution.last_click import Candidate, judge
from app.kernel.ids import new_id

PLACED = datetime(2026, 11, 22, 12, tzinfo=UTC)
XIAOYA, AJIE = UUID(int=1), UUID(int=2)


def _click(promoter: UUID, days: float, *, barred: str = "") -> Candidate:
    return Candidate(
        click=new_id(), touch=new_id(), promoter=promoter, promoter_name="", link=new_id(), code="", label="",
        live_session=None, kind="link", occurred_at=PLACED - timedelta(days=days), barred=barred,
    )  # fmt: skip


def test_the_last_click_wins_and_every_loser_hears_why() -> None:
    clicks = [_click(XIAOYA, 31), _click(XIAOYA, 5), _click(AJIE, 3), _click(XIAOYA, 2)]
    clicks.append(_click(AJIE, 1, barred="paused"))

    verdict = judge(clicks, placed_at=PLACED, window_days=30)

    assert verdict.winner == clicks[3]
    assert [loser.reason for loser in verdict.losers] == ["paused", "later_click_won", "earlier_click", "too_old"]


def test_a_click_after_the_order_is_too_late() -> None:
    verdict = judge([_click(XIAOYA, -0.1)], placed_at=PLACED, window_days=30)

    assert (verdict.winner, verdict.reason, verdict.losers[0].reason) == (None, "nobody_qualified", "after_the_order")


def test_without_clicks_nobody_sold_it() -> None:
    assert judge([], placed_at=PLACED, window_days=30).reason == "no_click"


def test_the_edge_of_the_window_still_counts() -> None:
    assert judge([_click(XIAOYA, 30)], placed_at=PLACED, window_days=30).winner is not None


@given(st.lists(st.tuples(st.sampled_from([XIAOYA, AJIE]), st.integers(-2, 40), st.booleans()), max_size=20))
def test_the_same_clicks_in_any_order_give_the_same_verdict(facts: list[tuple[UUID, int, bool]]) -> None:
    clicks = [_click(who, days, barred="machine" if barred else "") for who, days, barred in facts]
    shuffled = random.Random(3).sample(clicks, len(clicks))

    verdict = judge(clicks, placed_at=PLACED, window_days=30)

    assert judge(shuffled, placed_at=PLACED, window_days=30) == verdict
    assert len(verdict.losers) + (verdict.winner is not None) == len(clicks)
