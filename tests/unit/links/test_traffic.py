"""What the traffic of a link looks like."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.links.traffic import FEWEST, TEXTS, WEIGHTS, Traffic, level_of, score_of, signs_of

USUAL = Traffic(
    arrivals=400, screened=40, repeats=30, visitors=300, seen=240, busiest_minute=20, from_one_address=12
)  # fmt: skip


def _names(traffic: Traffic) -> list[str]:
    return [sign.name for sign in signs_of(traffic)]


def test_usual_traffic_has_no_sign() -> None:
    assert signs_of(USUAL) == []


def test_too_little_says_nothing_however_odd() -> None:
    assert signs_of(Traffic(FEWEST - 1, FEWEST - 1, 0, 0, 0, FEWEST - 1, FEWEST - 1)) == []


def test_nothing_but_machines_is_a_strong_sign() -> None:
    assert _names(USUAL._replace(screened=400))[0] == "screened"
    assert score_of(signs_of(USUAL._replace(screened=400))) == 40


def test_a_village_behind_one_address_alone_is_not_worth_a_look() -> None:
    assert level_of(score_of(signs_of(USUAL._replace(from_one_address=400)))) == "low"


def test_a_bought_crowd_that_opens_nothing_is_high() -> None:
    bought = USUAL._replace(seen=3, busiest_minute=390, from_one_address=400)

    signs = signs_of(bought)

    assert [sign.name for sign in signs] == ["unseen", "burst", "one_address"]
    assert level_of(score_of(signs)) == "high"


def test_every_sign_can_be_said() -> None:
    assert TEXTS.keys() == WEIGHTS.keys()


SHARE = st.integers(0, 1_000)


@given(SHARE, SHARE, SHARE, SHARE, SHARE, SHARE)
def test_the_score_is_the_sum_of_its_signs_up_to_a_hundred(
    screened: int, repeats: int, visitors: int, seen: int, minute: int, address: int
) -> None:
    signs = signs_of(Traffic(1_000, screened, repeats, visitors, min(seen, visitors), minute, address))

    assert all(0 < sign.points <= WEIGHTS[sign.name][1] for sign in signs)
    assert score_of(signs) == min(100, sum(sign.points for sign in signs))
