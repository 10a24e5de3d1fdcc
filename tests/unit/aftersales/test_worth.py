"""What units of a line are worth: together exactly the line, in whole steps, whoever asks for how many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.flows.aftersale_quantities import Askable
from app.kernel.ids import new_id


def _line(quantity: int, total: int, asked: int = 0, step: int = 1) -> Askable:
    return Askable(new_id(), new_id(), new_id(), "Peach", "", None, quantity, quantity, asked, total, step=step)


@given(st.integers(0, 10**9), st.lists(st.integers(1, 5), min_size=1, max_size=8), st.sampled_from([1, 100]))
def test_all_units_together_are_worth_the_line(total: int, asks: list[int], step: int) -> None:
    asked, worth = 0, 0
    for units in asks:
        part = _line(sum(asks), total, asked, step).worth(units)
        assert part >= 0
        asked, worth = asked + units, worth + part

    assert worth == total


def test_all_but_the_last_are_whole_steps() -> None:
    assert [_line(3, 10_000, asked, 100).worth(1) for asked in range(3)] == [3300, 3300, 3400]


def test_nothing_is_left_when_all_was_asked_for() -> None:
    assert _line(2, 1000, asked=2).left == 0
