"""What an order costs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.orders import Freight, price_lines

LINES = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 99)), min_size=1, max_size=8)


@given(lines=LINES, freight=st.integers(0, 10**5))
def test_shares_of_freight_add_up_to_the_freight(lines: list[tuple[int, int]], freight: int) -> None:
    priced = price_lines(lines, Freight(freight))

    assert sum(line.freight_amount for line in priced) == freight
    assert [line.goods_amount for line in priced] == [unit * quantity for unit, quantity in lines]


def test_delivery_is_free_from_the_amount_on_and_not_below() -> None:
    freight = Freight(800, free_from=10_000)

    assert (freight.of(9_999), freight.of(10_000)) == (800, 0)
    assert (freight.missing_for_free(9_000), freight.missing_for_free(10_000)) == (1_000, 0)


def test_what_is_not_sent_costs_no_delivery() -> None:
    assert Freight(800).of(100, ships=False) == 0


def test_a_breakdown_tells_every_step_that_applies() -> None:
    (line,) = price_lines([(1000, 2)], Freight(500))

    assert line.breakdown == {"list": 2000, "goods": 2000, "freight": 500}
