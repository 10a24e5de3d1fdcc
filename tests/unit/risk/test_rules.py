"""What makes a sale an own purchase, and what only makes it doubtful."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from app.risk import Habits, Known, Reason, Shown, hints, own_purchase, score
from app.risk.policies import RiskPolicy
from app.risk.rules import EXACT, WEIGHTS
from app.risk.words import GENERAL, OUTCOMES, REASONS
from tests.figures import Figure

HOLD = RiskPolicy().hold_from_score
SURNAMES = ("Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun", "Ma", "Lin")
GIVEN = ("Wei", "Fang", "Min", "Jing", "Li", "Qiang", "Lei", "Jun", "Yong", "Juan", "Yan", "Jie", "Tao", "Xiuying")


def _prints(**facts: str) -> dict[str, set[bytes]]:
    return {kind: {text.encode()} for kind, text in facts.items()}


@pytest.mark.parametrize("code", EXACT)
def test_one_exact_match_is_enough(code: str) -> None:
    theirs, own = EXACT[code]

    found = own_purchase(Shown(_prints(**{theirs: "x"})), Known(_prints(**{own: "x"})))

    assert found == [Reason(code)]


def test_what_nobody_knows_matches_nothing() -> None:
    assert own_purchase(Shown({"phone": set()}), Known({"phone": set()})) == []


@pytest.mark.parametrize("code", WEIGHTS)
def test_no_hint_is_enough_by_itself(code: str) -> None:
    assert WEIGHTS[code] < HOLD


def test_every_reason_has_words() -> None:
    assert set(REASONS) == {*EXACT, *WEIGHTS}
    assert set(GENERAL) == set(WEIGHTS)
    assert set(OUTCOMES) == {"clean", "held", "off", "discount", "commission"}


def test_a_neighbor_of_the_same_name_is_doubtful() -> None:
    shown = Shown(_prints(building="peach 1", address="peach 1 apt 3"), "Yatong Lin")

    found = hints(shown, Known(_prints(building="peach 1", address="peach 1 apt 9"), ["Lin Yatong"]), Habits())

    assert [one.code for one in found] == ["same_house", "similar_name"]
    assert score(found) >= HOLD


def test_a_promoter_whose_sales_come_back_is_looked_at_more_closely() -> None:
    habits = Habits(sales=10, sold_amount=10_000, refunded_amount=4_000)

    assert hints(Shown({}), Known({}), habits) == [Reason("many_refunds", WEIGHTS["many_refunds"], 4_000)]
    assert hints(Shown({}), Known({}), Habits(sales=4, sold_amount=100, refunded_amount=100)) == []
    assert hints(Shown({}), Known({}), Habits(sales=10, sold_amount=0)) == []


def test_a_third_shopper_of_one_wallet_counts_and_a_second_does_not() -> None:
    assert hints(Shown({}), Known({}), Habits(others={"payer": 1})) == []
    assert hints(Shown({}), Known({}), Habits(others={"payer": 2})) == [Reason("payer_of_many", 45, 3)]


def test_an_account_counts_as_new_for_ten_minutes() -> None:
    def codes(age: timedelta) -> list[str]:
        return [one.code for one in hints(Shown({}), Known({}), Habits(account_age=age))]

    assert codes(timedelta(minutes=9, seconds=59)) == ["new_account"]
    assert codes(timedelta(minutes=10)) == []


def test_at_most_one_of_a_hundred_clean_orders_is_held(figure: Figure) -> None:
    """A thousand orders of a town: families share flats, neighbors houses, a tenth registers just before ordering, a
    fiftieth pays for others, every eighth promoter has many returns, and names are as common as they are."""
    chance, orders, held, flagged = random.Random(20_261_126), 1_000, 0, 0

    for _ in range(orders):
        name, seller = (f"{chance.choice(SURNAMES)} {chance.choice(GIVEN)}" for _ in range(2))
        near = chance.random() < 0.02  # lives in the promoter's house
        shown = Shown(_prints(building="house" if near else str(chance.random()), phone=str(chance.random())), name)
        habits = Habits(
            others={
                "address": chance.choices([0, 1, 2, 3], [90, 7, 2, 1])[0],
                "device": chance.choices([0, 1, 2], [96, 3.5, 0.5])[0],
                "payer": chance.choices([0, 1, 2], [97, 2.5, 0.5])[0],
            },
            sales=40, sold_amount=100_000, refunded_amount=chance.choices([5_000, 45_000], [7, 1])[0],
            account_age=timedelta(minutes=3 if chance.random() < 0.1 else 60 * 24 * 30),
        )  # fmt: skip
        known = Known(_prints(building="house", phone="own"), [seller])
        flagged += bool(own_purchase(shown, known))
        held += score(hints(shown, known, habits)) >= HOLD

    assert flagged == 0
    assert held <= orders // 100
    figure(f"clean_orders scored={orders} held={held} share_bps={held * 10_000 // orders} promised_bps=100")
