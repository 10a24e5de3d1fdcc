"""A practice order's state follows from its news, whatever order it came in; the verdict follows from the figures."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from app.kernel.ids import new_id
from app.rehearsals import PracticeOrder, figures_of, judge
from app.rehearsals.practice_orders import state_of

PARCEL: tuple[str, dict[str, Any]] = ("shipment", {"complete": False})
LAST: tuple[str, dict[str, Any]] = ("shipment", {"complete": True})
SHORT: tuple[str, dict[str, Any]] = ("short", {"missing": 1})
PICKED: tuple[str, dict[str, Any]] = ("progress", {"picked": 1})
CANCEL: tuple[str, dict[str, Any]] = ("cancel", {})


@pytest.mark.parametrize(
    ("news", "state"),
    [
        ([], ""),
        ([PICKED], "accepted"),
        ([PICKED, PARCEL], "partially_shipped"),
        ([PICKED, PARCEL, LAST], "shipped"),
        ([SHORT, LAST], "incomplete"),
        ([SHORT, SHORT], "incomplete"),
        ([PICKED, CANCEL], "rejected"),
        ([CANCEL, LAST], "shipped"),
    ],
)
def test_no_order_of_news_changes_what_follows_from_it(news: list[tuple[str, dict[str, Any]]], state: str) -> None:
    assert {state_of(order, pieces=2) for order in permutations(news)} == {state}


def practice(status: str = "shipped", trouble: str = "", slowest_ms: int = 10) -> PracticeOrder:
    return PracticeOrder(new_id(), new_id(), "P-1", (), status, 1, None, False, slowest_ms, trouble, "", "")


SUMS = {"copies": 0, "late": 0, "heard": 1, "fetched": 0, "parcels": 1}


@pytest.mark.parametrize(
    ("orders", "there", "verdict", "advice"),
    [
        ([practice()], {"twice": 0, "shipped": 1}, "ready", ["fine"]),
        ([practice("incomplete", "short")], {"shipped": 1}, "look", ["short"]),
        ([practice()], {"twice": 1, "shipped": 1}, "not_ready", ["twice"]),
        ([practice("open", "silent")], {"shipped": 0}, "not_ready", ["unanswered"]),
        ([practice("accepted", "silent")], {"shipped": 1}, "not_ready", ["untold"]),
        ([practice(slowest_ms=9_000)], {"shipped": 1}, "ready", ["slow"]),
    ],
)
def test_a_verdict_says_what_to_put_right_first(
    orders: list[PracticeOrder], there: dict[str, int], verdict: str, advice: list[str]
) -> None:
    assert judge(orders, figures_of(orders, SUMS, there)) == (verdict, advice)
