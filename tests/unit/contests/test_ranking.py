"""Places, prizes and shares, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contests import SideTally, Tally, prize_for, ranked, shares

NINE = datetime(2026, 11, 28, 21, tzinfo=UTC)


def side(number: int, *scores: int, minutes: int = 0, net: int | None = None) -> SideTally:
    members = tuple(
        Tally(
            promoter=UUID(int=number * 100 + place), score=score, net_amount=score if net is None else net, orders=1,
            reached_at=NINE + timedelta(minutes=minutes) if score else None,
        )
        for place, score in enumerate(scores)
    )  # fmt: skip
    return SideTally(side=UUID(int=number), position=number, members=members)


def places(*sides: SideTally) -> list[int]:
    return [one.position for one in ranked(sides)]


def test_the_higher_score_is_first() -> None:
    assert places(side(1, 100), side(2, 300), side(3, 200)) == [2, 3, 1]


def test_of_equal_scores_the_one_reached_first_is_first() -> None:
    assert places(side(1, 300, minutes=5), side(2, 300, minutes=4)) == [2, 1]


def test_what_was_reached_at_one_moment_goes_by_the_order_of_entry() -> None:
    assert places(side(2, 300), side(1, 300), side(4, 0), side(3, 0)) == [1, 2, 3, 4]


def test_a_team_has_reached_its_score_with_its_last_order() -> None:
    early = side(1, 100, 200, minutes=9)
    late = SideTally(side=UUID(int=2), position=2, members=(*side(2, 150, minutes=1).members,
                                                            *side(3, 150, minutes=10).members))  # fmt: skip

    assert places(late, early) == [1, 2]


@pytest.mark.parametrize(
    ("score", "least", "cap_bps", "prize"),
    [(900, 1, None, 500), (900, 901, None, 0), (900, 1, 1000, 90), (0, 1, None, 0)],
)
def test_a_prize_needs_the_least_score_and_stays_below_the_cap(
    score: int, least: int, cap_bps: int | None, prize: int
) -> None:
    assert prize_for(side(1, score), 1, {1: 500}, least_score=least, cap_bps=cap_bps) == prize


def test_a_place_without_a_prize_wins_nothing() -> None:
    assert prize_for(side(1, 900), 2, {1: 500}, least_score=1, cap_bps=None) == 0


def test_a_team_shares_by_what_each_has_sold_and_the_rest_stays_with_the_merchant() -> None:
    team = side(1, 100, 100, 100, 0)

    assert list(shares(1_000, team.members, "by_score").values()) == [333, 333, 333]
    assert list(shares(1_000, side(2, 700, 200).members, "by_score").values()) == [777, 222]


def test_shared_alike_only_those_who_sold_are_paid() -> None:
    assert list(shares(1_000, side(1, 900, 0, 1).members, "equal").values()) == [500, 500]
    assert shares(1_000, side(1, 0, 0).members, "equal") == {}


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=12),
    st.sampled_from(["by_score", "equal"]),
)
def test_shares_never_exceed_the_prize_and_leave_less_than_one_unit_each(
    prize: int, scores: list[int], split: str
) -> None:
    team = side(1, *scores)
    parts = shares(prize, team.members, split)
    sellers = sum(1 for score in scores if score)

    assert sum(parts.values()) <= prize
    assert not sellers or prize - sum(parts.values()) < sellers
    assert all(amount > 0 for amount in parts.values())
