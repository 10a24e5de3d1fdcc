"""Which warehouse gets which of the units that come back."""

from __future__ import annotations

from app.flows.return_parts import Home, split
from app.kernel.ids import new_id

NORTH, SOUTH, TEA, CUP, CARD = (new_id() for _ in range(5))


def _parts(asked: dict, *homes: Home) -> list[tuple[str, dict]]:  # type: ignore[type-arg] # ids and counts
    return [(home.reference, units) for home, units in split(asked, homes)]


def test_each_gets_what_left_it() -> None:
    north, south = Home(NORTH, "T1-1", {TEA: 2}), Home(SOUTH, "T1-2", {TEA: 1, CUP: 3})

    assert _parts({TEA: 3, CUP: 3}, north, south) == [("T1-2", {TEA: 1, CUP: 3}), ("T1-1", {TEA: 2})]


def test_what_could_go_to_both_goes_together() -> None:
    north, south = Home(NORTH, "T1-1", {TEA: 1}), Home(SOUTH, "T1-2", {TEA: 1, CUP: 1})

    assert _parts({TEA: 1, CUP: 1}, north, south) == [("T1-2", {TEA: 1, CUP: 1})]


def test_what_came_back_before_or_never_left_goes_along() -> None:
    """More was asked back than can be explained: no unit is forgotten."""
    assert _parts({TEA: 2, CARD: 1}, Home(NORTH, "T1-1", {TEA: -1})) == [("T1-1", {TEA: 2, CARD: 1})]
