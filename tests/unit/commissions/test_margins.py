"""What is left of a sale when everybody is paid the most a plan allows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commissions import Guard, Party, Plan, evaluate
from app.commissions.margins import Good, margins
from app.kernel.ids import new_id
from tests.unit.commissions.builders import LEVELS, chains, plan, plans, rule, sold


def good(price: int = 10_000, **facts: Any) -> Good:
    return Good(product=new_id(), variant=new_id(), title="Peaches", price_amount=price, **facts)


def test_the_guard_counts_everything_a_sale_costs() -> None:
    guard = Guard(cost_bps=5000, freight_amount=800, fee_bps=60, coupon_bps=1000)

    (margin,) = margins(plan(rule(rates=(2000,)), guard=guard), [good()], (), 0)

    assert (margin.coupon_amount, margin.cost_amount, margin.freight_amount) == (1_000, 5_000, 800)
    assert (margin.fee_amount, margin.commission_amount, margin.left_amount) == (54, 1_800, 1_346)


def test_a_known_cost_counts_before_the_usual_share() -> None:
    (margin,) = margins(plan(guard=Guard(cost_bps=5000)), [good(cost_amount=9_500)], (), 0)

    assert (margin.cost_amount, margin.left_amount) == (9_500, -500)


def test_the_worst_comes_first() -> None:
    found = margins(plan(), [good(cost_amount=1_000), good(cost_amount=9_900), good(cost_amount=5_000)], (), 0)

    assert [margin.left_amount for margin in found] == [-900, 4_000, 8_000]


def test_what_no_rule_names_is_counted_at_the_highest_own_rate() -> None:
    only = plan(rule(scope="category", target="Fruit"))

    (margin,) = margins(only, [good()], (), 3_000)

    assert margin.commission_amount == 3_000


@pytest.mark.parametrize(("rates", "most"), [((1000, 300, 100), 1_400), ((4000, 3000, 500), 5_000)])
def test_the_cap_limits_the_most_that_is_paid(rates: tuple[int, ...], most: int) -> None:
    (margin,) = margins(plan(rule(depth=3, rates=rates)), [good()], (), 0)

    assert margin.commission_amount == most


def test_the_dearest_rule_of_any_level_counts() -> None:
    gold = rule(scope="promoter_level", target=str(LEVELS[2]), rates=(2500,))

    (margin,) = margins(plan(rule(), gold), [good()], LEVELS, 0)

    assert margin.commission_amount == 2_500


@given(plan=plans(), chain=chains(), price=st.integers(1, 10**7))
def test_no_sale_pays_more_than_the_guard_counts(plan: Plan, chain: list[Party], price: int) -> None:
    (margin,) = margins(plan, [good(price)], LEVELS, 5_000)

    assert sum(share.amount for share in evaluate(plan, sold(price), chain)) <= margin.commission_amount
