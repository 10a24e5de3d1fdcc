"""Verdicts against cases computed by hand and against published tables of the intervals."""

from __future__ import annotations

import math

import pytest

from app.presale import of_count, of_share, poisson_interval, wilson_interval


@pytest.mark.parametrize(("counted", "low", "high"), [
    (0, 0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (20, 12.22, 30.89), (100, 81.36, 121.63),
])  # fmt: skip
def test_the_interval_of_a_count_is_the_one_in_the_tables(counted: int, low: float, high: float) -> None:
    assert poisson_interval(counted) == pytest.approx((low, high), abs=0.0051)


def test_nobody_among_none_leaves_everything_below_minus_the_logarithm_of_the_tail() -> None:
    """By hand: exp(-m) = 0.025, so m = -ln 0.025 = 3.68888."""
    assert poisson_interval(0)[1] == pytest.approx(-math.log(0.025))


def test_large_counts_go_on_where_the_exact_ones_end() -> None:
    exact, near = poisson_interval(1000), poisson_interval(1001)
    assert near[0] - exact[0] == pytest.approx(1, abs=0.1)
    assert near[1] - exact[1] == pytest.approx(1, abs=0.1)


def test_ten_orders_of_a_hundred_views_by_hand() -> None:
    """z = 1.96: middle = (0.1 + 3.8416/200) / 1.038416 = 0.1148, half = 1.96 * sqrt(0.00099604) / 1.038416 = 0.0596."""
    assert wilson_interval(10, 100) == pytest.approx((0.1148 - 0.0596, 0.1148 + 0.0596), abs=0.0001)
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(("target", "verdict"), [(4, "go"), (5, "extend"), (18, "extend"), (19, "no_go")])
def test_ten_orders_against_targets_below_within_and_above_their_interval(target: int, verdict: str) -> None:
    """By hand: ten orders leave 4.8 to 18.4."""
    assert of_count(10, target).verdict == verdict


@pytest.mark.parametrize(("bps", "verdict"), [(500, "go"), (600, "extend"), (1700, "extend"), (1800, "no_go")])
def test_a_conversion_of_ten_percent_leaves_five_and_a_half_to_seventeen_and_a_half(bps: int, verdict: str) -> None:
    assert of_share(10, 100, bps).verdict == verdict


def test_the_target_of_an_extended_test_keeps_the_pace() -> None:
    found = of_count(30, 20, planned=7, lasted=10.5)
    assert (found.target, found.verdict, found.likelier) == (30, "extend", "go")


def test_a_test_that_still_runs_is_held_against_its_part_of_the_target() -> None:
    """A third of the time has passed: ten of thirty."""
    assert of_count(20, 30, planned=9, lasted=3).target == pytest.approx(10)
    assert of_count(20, 30, planned=9, lasted=3).verdict == "go"


def test_without_time_the_estimate_decides() -> None:
    assert of_count(10, 12).likelier == "no_go"
    assert of_count(12, 12).likelier == "go"
