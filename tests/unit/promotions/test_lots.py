"""Which points are left, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.promotions.lots import NEVER, Movement, ending_soon, lots_left
from app.promotions.points_terms import PointsRule

ZONE = ZoneInfo("Asia/Shanghai")
JANUARY = datetime(2026, 1, 10, 4, tzinfo=UTC)
RULE = PointsRule(expiry="after", good_for_months=12)


def _moves(*moves: tuple[str, int, int, int]) -> list[Movement]:
    """(kind, points, number of the order or 0, days after the 10th of January)."""
    return [
        Movement(UUID(int=at + 1), kind, points, UUID(int=1000 + order) if order else None, None,
                 JANUARY + timedelta(days=days))
        for at, (kind, points, order, days) in enumerate(moves)
    ]  # fmt: skip


def _left(*moves: tuple[str, int, int, int], rule: PointsRule = RULE) -> list[tuple[int, str]]:
    return [
        (lot.left, lot.good_until.astimezone(ZONE).date().isoformat()) for lot in lots_left(_moves(*moves), rule, ZONE)
    ]


def test_points_are_good_through_the_same_day_months_later() -> None:
    assert _left(("earn", 10, 1, 0)) == [(10, "2027-01-11")]


def test_points_of_the_last_of_a_month_are_good_through_the_last_of_a_shorter_one() -> None:
    rule = PointsRule(expiry="after", good_for_months=1)

    assert _left(("earn", 10, 1, 21), rule=rule) == [(10, "2026-03-01")]


def test_a_fixed_day_comes_after_the_shortest_life() -> None:
    rule = PointsRule(expiry="yearly", good_for_months=6, expiry_day="06-30")

    assert _left(("earn", 10, 1, 0), rule=rule) == [(10, "2027-07-01")]
    assert _left(("earn", 10, 1, -30), rule=rule) == [(10, "2026-07-01")]


def test_points_never_expire_unless_the_store_says_so() -> None:
    (lot,) = lots_left(_moves(("earn", 10, 1, 0)), PointsRule(), ZONE)

    assert lot.good_until == NEVER


def test_a_change_of_the_rule_begins_a_new_life() -> None:
    rule = PointsRule(expiry="after", good_for_months=1, expiry_since=JANUARY + timedelta(days=400))

    assert _left(("earn", 10, 1, 0), rule=rule) == [(10, "2027-03-15")]


def test_the_oldest_are_spent_first() -> None:
    assert _left(("earn", 10, 1, 0), ("earn", 10, 2, 5), ("spend", -12, 3, 6)) == [(8, "2027-01-16")]


def test_points_that_come_back_keep_their_day() -> None:
    moves = (("earn", 10, 1, 0), ("spend", -10, 2, 10), ("return", 4, 2, 20))

    assert _left(*moves) == [(4, "2027-01-11")]


def test_points_that_come_back_late_are_good_for_thirty_days() -> None:
    moves = (("earn", 10, 1, 0), ("spend", -10, 2, 10), ("return", 10, 2, 400))

    assert _left(*moves) == [(10, "2027-03-16")]


def test_what_a_refund_takes_back_comes_out_of_its_own_order_first() -> None:
    assert _left(("earn", 10, 1, 0), ("earn", 10, 2, 5), ("take_back", -10, 2, 6)) == [(10, "2027-01-11")]


def test_what_is_owed_is_paid_by_the_next_points() -> None:
    moves = (("earn", 10, 1, 0), ("spend", -10, 2, 1), ("take_back", -10, 1, 2), ("earn", 15, 3, 3))

    assert _left(*moves) == [(5, "2027-01-14")]


def test_only_what_ends_within_a_month_is_told() -> None:
    lots = lots_left(_moves(("earn", 10, 1, 0), ("adjust", 5, 0, 0), ("earn", 7, 2, 90)), RULE, ZONE)

    assert [points for _end, points in ending_soon(lots, JANUARY + timedelta(days=350))] == [15]


KINDS = st.sampled_from(("earn", "adjust", "spend", "return", "take_back"))


@given(st.lists(st.tuples(KINDS, st.integers(1, 50), st.integers(1, 3)), max_size=25))
def test_what_is_left_is_the_balance(deeds: list[tuple[str, int, int]]) -> None:
    """Whatever happens that may happen, told again it adds up to the sum of the entries."""
    moves, balance, spent, earned = [], 0, [0] * 4, [0] * 4
    for day, (kind, points, order) in enumerate(deeds):
        if kind == "spend":
            moved = -min(points, max(balance, 0))
            spent[order] -= moved
        elif kind == "return":
            moved = min(points, spent[order])
            spent[order] -= moved
        elif kind == "take_back":
            moved = -min(points, earned[order])
            earned[order] += moved
        else:
            moved = points
            earned[order] += points if kind == "earn" else 0
        if moved:
            moves.append((kind, moved, 0 if kind == "adjust" else order, day))
            balance += moved

    assert sum(lot.left for lot in lots_left(_moves(*moves), RULE, ZONE)) == max(balance, 0)
