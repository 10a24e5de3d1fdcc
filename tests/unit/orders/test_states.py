"""The moves an order may make."""

from __future__ import annotations

import pytest

from app.orders import LEGAL

ENDS = [
    ("status", "canceled"),
    ("status", "expired"),
    ("payment_status", "refunded"),
    ("payment_status", "voided"),
    ("fulfillment_status", "delivered"),
]


@pytest.mark.parametrize(("field", "over"), ENDS)
def test_nothing_leads_out_of_a_state_that_is_the_end(field: str, over: str) -> None:
    assert [pair for pair in LEGAL[field] if pair[0] == over] == []  # type: ignore[index]


@pytest.mark.parametrize("field", list(LEGAL))
def test_no_move_stays_where_it_is_and_none_has_a_way_back(field: str) -> None:
    moves = LEGAL[field]  # type: ignore[index]

    assert all(start != end and (end, start) not in moves for start, end in moves)
