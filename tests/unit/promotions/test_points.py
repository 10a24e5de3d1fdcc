"""The arithmetic of points, and who is the same person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.promotions import earned, kept_share, normalize_code, persons


def test_points_are_earned_for_whole_units_of_the_currency() -> None:
    assert [earned(4399, 1, "CNY"), earned(4399, 3, "CNY"), earned(4399, 1, "JPY")] == [43, 131, 4399]


@given(points=st.integers(0, 10**6), paid=st.integers(1, 10**6), steps=st.lists(st.integers(0, 10**6), max_size=5))
def test_refunds_only_ever_take_more_and_a_whole_refund_takes_everything(
    points: int, paid: int, steps: list[int]
) -> None:
    kept = [kept_share(points, refunded=min(step, paid), paid=paid) for step in sorted(steps)]

    assert kept == sorted(kept, reverse=True)
    assert kept_share(points, refunded=0, paid=paid) == points
    assert kept_share(points, refunded=paid, paid=paid) == 0


def test_a_code_is_the_same_however_it_is_typed() -> None:
    assert {normalize_code(text) for text in ("peach10", " PEACH 10", "ｐｅａｃｈ１０", "Peach\t10")} == {"PEACH10"}


def test_a_person_is_the_same_by_any_way_of_writing_a_phone_or_an_address() -> None:
    assert persons(None, "+86 138-0000", "Ya@Example.test") == persons(None, "861380000", " ya@example.test")
    assert persons(None, "", "") == []
