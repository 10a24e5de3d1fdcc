"""Charts are honest: they start at zero and end above the largest value."""

from hypothesis import given
from hypothesis import strategies as st

from app.kernel import charts


@given(st.floats(0, 1e12))
def test_an_axis_starts_at_zero_and_holds_the_largest_value(largest: float) -> None:
    values = charts.axis(largest)

    assert values[0] == 0
    assert values[-1] >= largest
    assert 2 <= len(values) <= 6


def test_stacked_bars_are_as_high_as_their_sums() -> None:
    stack = charts.stacked([[50, 0], [50, 100]], ["1", "2"], top=0, bottom=100)

    first, second = stack.columns
    assert first.blocks[1].y == second.blocks[1].y == 0
    assert [column.label for column in stack.columns] == ["1", "2"]


def test_nothing_to_draw_draws_nothing_wrong() -> None:
    assert charts.sparkline([]) == ("", "")
    assert charts.bars([]) == ()
    assert charts.stacked([[]], []).columns == ()
    assert charts.shares([0, 0]) == ((0.0, 49.7), (50.3, 49.7))
