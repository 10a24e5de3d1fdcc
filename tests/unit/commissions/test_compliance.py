"""What the gate refuses, with the rule's id and what to look at."""

from __future__ import annotations

from typing import Any

import pytest

from app.commissions import Guard
from app.commissions.compliance import DECLARED, REFUSALS, RULES, Facts, NotCompliant, refuses, review
from app.commissions.margins import Good
from app.kernel.ids import new_id
from tests.unit.commissions.builders import plan, rule


def _facts(**facts: Any) -> Facts:
    peaches = Good(product=new_id(), variant=new_id(), title="Peaches", price_amount=10_000, cost_amount=5_000)
    return Facts(**{"goods": (peaches,), **facts})


def test_a_plain_plan_passes() -> None:
    assert review(plan(), _facts()) == []


@pytest.mark.parametrize("name", DECLARED)
def test_what_a_merchant_says_of_other_rewards_and_duties_is_judged(name: str) -> None:
    (finding,) = review(plan(declared=(name,)), _facts())

    assert (finding.rule, finding.refuses, finding.evidence) == (DECLARED[name][0], True, (DECLARED[name][1],))


def test_a_channel_that_allows_two_levels_gets_no_third() -> None:
    deep = plan(rule(name="Team", depth=3, rates=(1000, 300, 100)), channel="wechat")

    (finding,) = review(deep, _facts())

    assert (finding.rule, finding.evidence) == ("CG-3", ("Team",))


def test_three_levels_and_thirty_people_are_a_warning_not_a_no() -> None:
    (finding,) = review(plan(rule(depth=3, rates=(1000, 300, 100))), _facts(people=30))

    assert (finding.rule, finding.refuses) == ("CG-3", False)


@pytest.mark.parametrize(
    "paid", [rule(name="Team", depth=2, rates=(0, 500)),
             rule(name="Team", shape="flat", depth=2, rates=(), fees=(0, 100))]
)  # fmt: skip
def test_whoever_sold_is_paid_before_anybody_above(paid: Any) -> None:
    (finding,) = review(plan(paid), _facts())

    assert (finding.rule, finding.evidence) == ("CG-4", ("Team",))


def test_the_margin_guard_refuses_and_names_the_goods() -> None:
    dear = _facts(goods=(Good(product=new_id(), variant=new_id(), title="Tea", price_amount=100, cost_amount=95),))

    (finding,) = review(plan(), dear)

    assert (finding.rule, finding.refuses, [one.good.title for one in finding.goods]) == ("CG-8", True, ["Tea"])


def test_the_margin_guard_only_warns_where_the_merchant_said_so() -> None:
    dear = _facts(goods=(Good(product=new_id(), variant=new_id(), title="Tea", price_amount=100, cost_amount=95),))

    findings = review(plan(guard=Guard(refuses=False)), dear)

    assert [one.rule for one in findings] == ["CG-8"]
    assert not refuses(findings)


def test_an_unknown_cost_is_said_and_a_usual_one_answers_it() -> None:
    unknown = _facts(goods=(Good(product=new_id(), variant=new_id(), title="Tea", price_amount=100),))

    (finding,) = review(plan(), unknown)

    assert (finding.rule, finding.refuses) == ("CG-8", False)
    assert review(plan(guard=Guard(cost_bps=4000)), unknown) == []


def test_commission_that_is_due_at_once_cannot_be_taken_back() -> None:
    assert [one.rule for one in review(plan(), _facts(freeze_days=0))] == ["CG-10"]


def test_terms_that_say_nothing_of_refunds_are_a_warning() -> None:
    findings = review(plan(), _facts(terms_say_it=False))

    assert ([one.rule for one in findings], refuses(findings)) == (["CG-10"], False)


def test_released_commission_of_unpaid_orders_stops_every_new_plan() -> None:
    assert [one.rule for one in review(plan(), _facts(unpaid_released=2))] == ["CG-9"]


def test_every_rule_has_words_and_a_refusal_names_them_in_order() -> None:
    findings = review(plan(declared=("forced_stock", "recruit_bonus")), _facts(freeze_days=0))

    assert list(RULES) == list(REFUSALS) == [f"CG-{number}" for number in range(1, 11)]
    assert NotCompliant(findings).details == {"rules": "CG-1, CG-7, CG-10"}
