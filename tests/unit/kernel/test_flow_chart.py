"""Ribbons from where money comes to where it goes."""

from __future__ import annotations

import pytest

from app.kernel.charts import flow


def test_every_amount_is_drawn_to_one_scale() -> None:
    drawn = flow([300, 100], [200, 150, 50], height=220, gap=10)

    assert [block.height for block in drawn.sources] == [150, 50]
    assert [block.height for block in drawn.targets] == [100, 75, 25]
    assert drawn.targets[-1].y + drawn.targets[-1].height == 220


def test_a_target_takes_from_the_sources_in_turn() -> None:
    drawn = flow([300, 100], [200, 150, 50])

    assert [series for series, _path in drawn.ribbons] == [1, 2, 2, 3]


def test_sides_that_differ_still_draw() -> None:
    assert [series for series, _path in flow([100], [60, 60]).ribbons] == [1, 2]
    assert [series for series, _path in flow([100], [60]).ribbons] == [1]


@pytest.mark.parametrize(("sources", "targets"), [([], []), ([0], [0]), ([], [5]), ([5], [])])
def test_nothing_to_draw_draws_no_ribbon(sources: list[int], targets: list[int]) -> None:
    assert flow(sources, targets).ribbons == ()
