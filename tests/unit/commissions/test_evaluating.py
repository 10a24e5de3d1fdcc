"""Who earns what of one line: shapes, whose rule counts, the cap, and what a cut of rates leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commissions import (
    KEPT_FOR,
    OWN_RATES,
    Party,
    Plan,
    Share,
    Term,
    evaluate,
    evaluate_over_time,
    in_force,
    rule_for,
    terms,
    terms_within,
)
from app.commissions.plans import NEVER
from app.kernel.ids import new_id
from app.kernel.money import floor_share
from tests.unit.commissions.builders import DAY, INACTIVE, LEVELS, chains, party, plan, plans, rule, sold


def _amounts(shares: list[Share]) -> list[int]:
    return [share.amount for share in shares]


def test_twelve_and_a_half_percent_pays_twelve_and_a_half() -> None:
    assert _amounts(evaluate(plan(rule(rates=(1250,))), sold(8_000), [party()])) == [1_000]


def test_without_a_plan_everybody_earns_their_own_rate() -> None:
    (share,) = evaluate(OWN_RATES, sold(9_999), [party(1500), party(2000)])

    assert (share.amount, share.rate_bps, share.rule.shape) == (1_499, 1500, "own_rate")


def test_parallel_pays_each_level_of_the_line_from_the_same_base() -> None:
    shares = evaluate(plan(rule(depth=3, rates=(1000, 300, 100))), sold(3_333), [party(), party(), party(), party()])

    assert _amounts(shares) == [333, 99, 33]


def test_differential_pays_the_difference_to_the_highest_level_below() -> None:
    bronze, silver, gold = (str(level) for level in LEVELS)
    by_level = {bronze: 500, silver: 800, gold: 1200}
    chain = [party(level=LEVELS[1]), party(level=LEVELS[0]), party(level=LEVELS[2])]

    shares = evaluate(plan(rule(shape="differential", depth=3, rates=(300,), by_level=by_level)), sold(), chain)

    assert [(share.depth, share.amount) for share in shares] == [(0, 800), (2, 400)]


def test_a_cascade_pays_each_share_out_of_the_one_before() -> None:
    shares = evaluate(plan(rule(shape="cascade", depth=3, rates=(1000, 2000, 5000))), sold(), [party()] * 3)

    assert [share.rate_bps for share in shares] == [800, 100, 100]
    assert sum(_amounts(shares)) == 1_000


def test_a_fee_is_paid_for_each_unit() -> None:
    flat = rule(shape="flat", depth=2, rates=(), fees=(500, 150))

    shares = evaluate(plan(flat), sold(13_170, units=3), [party(), party()])

    assert _amounts(shares) == [1_500, 450]


def test_the_cap_cuts_whoever_is_farthest_from_the_shopper() -> None:
    shares = evaluate(plan(rule(depth=3, rates=(1000, 500, 300)), cap_bps=1200), sold(), [party()] * 3)

    assert [(share.listed_bps, share.rate_bps) for share in shares] == [(1000, 1000), (500, 200), (300, 0)]


def test_what_others_have_of_the_line_is_not_paid_twice() -> None:
    (share,) = evaluate(plan(), sold(), [party()], most_bps=700)

    assert (share.rate_bps, share.cap_bps, share.amount) == (700, 700, 700)


@pytest.mark.parametrize(
    ("policy", "paid"), [("skip", [(0, 1000), (2, 100)]), ("compress", [(0, 1000), (1, 300)]),
                         ("house", [(0, 1000), (2, 100)])]
)  # fmt: skip
def test_who_is_suspended_is_passed_over_as_the_store_says(policy: str, paid: list[tuple[int, int]]) -> None:
    chain = [party(), party(is_active=False), party()]

    shares = evaluate(plan(rule(depth=3, rates=(1000, 300, 100))), sold(), chain, on_inactive=policy)

    assert [(share.depth, share.amount) for share in shares] == paid


@pytest.mark.parametrize(("policy", "paid"), [("skip", [500, 700]), ("compress", [500, 700]), ("house", [500, 400])])
def test_the_house_keeps_the_difference_of_who_is_suspended(policy: str, paid: list[int]) -> None:
    by_level = {str(LEVELS[0]): 500, str(LEVELS[1]): 800, str(LEVELS[2]): 1200}
    chain = [party(level=LEVELS[0]), party(level=LEVELS[1], is_active=False), party(level=LEVELS[2])]
    split = rule(shape="differential", depth=3, rates=(0,), by_level=by_level)

    assert _amounts(evaluate(plan(split), sold(), chain, on_inactive=policy)) == paid


def test_the_seller_is_named_first_also_at_a_rate_of_nothing() -> None:
    seller = party()

    (share, *_rest) = evaluate(plan(rule(rates=(0,))), sold(), [seller, party()])

    assert (share.promoter, share.amount) == (seller.promoter, 0)


def test_priority_counts_before_the_most_specific_and_that_before_the_newest() -> None:
    product = new_id()
    everything = rule(name="everything")
    newer = rule(name="newer", created_at=DAY + timedelta(days=1))
    of_product = rule(name="product", scope="product", target=str(product))
    urgent = rule(name="urgent", scope="category", target="Fruit", priority=5)
    thing = sold(product=product, category="Fruit")

    assert rule_for(plan(everything, newer), thing, party()).name == "newer"
    assert rule_for(plan(everything, newer, of_product), thing, party()).name == "product"
    assert rule_for(plan(everything, newer, of_product, urgent), thing, party()).name == "urgent"
    assert rule_for(plan(of_product), sold(product=new_id()), party()).shape == "own_rate"


def test_a_rule_of_a_level_is_for_sellers_of_that_level() -> None:
    gold = rule(scope="promoter_level", target=str(LEVELS[2]), rates=(1500,))
    both = plan(rule(), gold)

    assert _amounts(evaluate(both, sold(), [party(level=LEVELS[2])])) == [1_500]
    assert _amounts(evaluate(both, sold(), [party(), party(level=LEVELS[2])])) == [1_000]


def test_without_any_version_the_own_rates_count() -> None:
    assert [(term.plan.version, term.ends_at) for term in terms([])] == [(0, None)]


def test_one_plan_follows_the_other_and_a_retired_one_leaves_the_own_rates() -> None:
    first = plan(version=1)
    second = plan(version=2, valid_from=DAY + timedelta(days=10), status="retired", retired_at=DAY + timedelta(days=20))
    never = plan(version=3, valid_from=DAY + timedelta(days=40), status="retired", retired_at=DAY + timedelta(days=30))
    every = [never, second, first, plan(version=4, status="draft", valid_from=None)]

    assert [(term.plan.version, term.starts_at) for term in terms(every)] == [
        (0, NEVER), (1, DAY), (2, DAY + timedelta(days=10)), (0, DAY + timedelta(days=20)),
    ]  # fmt: skip
    assert in_force(every, DAY - timedelta(seconds=1)).plan.version == 0
    assert in_force(every, DAY + timedelta(days=10)).plan.version == 2


@pytest.mark.parametrize(("days", "came", "amount"), [(0, -1, 1_500), (29, -1, 1_500), (31, -1, 1_000), (0, 1, 1_000)])
def test_a_cut_waits_thirty_days_for_whoever_was_there(days: int, came: int, amount: int) -> None:
    cut_at = DAY + timedelta(days=5)
    versions = [plan(rule(rates=(1500,)), version=1), plan(rule(rates=(1000,)), version=2, valid_from=cut_at)]
    seller = party(since=cut_at + timedelta(days=came))

    (share,) = evaluate_over_time(terms_within(versions, cut_at + timedelta(days=days), KEPT_FOR), sold(), [seller])

    assert share.amount == amount
    assert (share.kept_until is not None) == (amount == 1_500)


def test_a_raise_counts_at_once() -> None:
    raised_at = DAY + timedelta(days=5)
    versions = [plan(version=1), plan(rule(rates=(1500,)), version=2, valid_from=raised_at)]

    (share,) = evaluate_over_time(terms_within(versions, raised_at, KEPT_FOR), sold(), [party(since=NEVER)])

    assert (share.amount, share.kept_until) == (1_500, None)


def test_the_first_plan_cuts_no_own_rate_for_thirty_days() -> None:
    (share,) = evaluate_over_time(terms_within([plan()], DAY, KEPT_FOR), sold(), [party(2000, since=NEVER)])

    assert (share.amount, share.plan.version, share.kept_until) == (2_000, 0, DAY + KEPT_FOR)


@given(
    plan=plans(), chain=chains(), base=st.integers(0, 10**9), units=st.integers(1, 40), most=st.integers(0, 10_000),
    inactive=INACTIVE,
)  # fmt: skip
def test_shares_never_exceed_the_cap_nor_the_base(
    plan: Plan, chain: list[Party], base: int, units: int, most: int, inactive: str
) -> None:
    shares = evaluate(plan, sold(base, units), chain, most_bps=most, on_inactive=inactive)

    cap = min(plan.cap_bps, most)
    assert sum(_amounts(shares)) <= floor_share(base, cap) <= base
    assert sum(share.rate_bps for share in shares) <= cap
    assert all(share.amount >= 0 and share.rate_bps <= share.listed_bps for share in shares)
    assert shares[0].promoter == chain[0].promoter
    assert len({share.promoter for share in shares}) == len(shares) <= 3


@given(
    old=plans(), new=plans(), chain=chains(), base=st.integers(0, 10**9), units=st.integers(1, 40),
    days=st.integers(0, 40),
)  # fmt: skip
def test_nobody_loses_by_a_cut_before_its_time_and_the_cap_still_holds(
    old: Plan, new: Plan, chain: list[Party], base: int, units: int, days: int
) -> None:
    cut_at = DAY + timedelta(days=1)
    in_time = [Term(new, cut_at), Term(old, DAY, cut_at)][: 1 if days > 30 else 2]

    shares = evaluate_over_time(in_time, sold(base, units), chain)

    cap = max(term.plan.cap_bps for term in in_time)
    assert sum(_amounts(shares)) <= floor_share(base, cap)
    assert shares[0].amount >= evaluate(new, sold(base, units), chain)[0].amount
