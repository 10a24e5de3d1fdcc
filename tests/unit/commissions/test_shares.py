"""How much is earned, and how much goes back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.commissions.shares import remaining_base, reversal_due
from app.kernel.money import floor_share


def test_half_of_an_order_back_is_half_of_its_base() -> None:
    assert remaining_base(8780, paid=9980, refunded=4990) == 4390


def test_nothing_back_is_nothing_reversed() -> None:
    assert reversal_due(8780, 1000, reversed_before=0, base_left=8780) == 0


@given(
    base=st.integers(0, 10**9), extra=st.integers(0, 10**6), bps=st.integers(0, 5000),
    steps=st.lists(st.integers(1, 10**9), max_size=12), whole=st.booleans(),
)  # fmt: skip
def test_any_row_of_refunds_ends_at_the_share_of_what_remains(
    base: int, extra: int, bps: int, steps: list[int], whole: bool
) -> None:
    paid, refunded, reversed_so_far = base + extra, 0, 0
    for step in [*steps, paid if whole else 0]:
        refunded = min(paid, refunded + step)
        left = remaining_base(base, paid=paid, refunded=refunded)
        due = reversal_due(base, bps, reversed_before=reversed_so_far, base_left=left)
        reversed_so_far += due

        assert due >= 0
        assert floor_share(base, bps) - reversed_so_far == floor_share(left, bps)
    if paid and refunded == paid:
        assert reversed_so_far == floor_share(base, bps)
