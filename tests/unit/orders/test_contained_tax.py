"""Tax that prices hold is told apart from the goods."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.orders import Line, tax_in_goods


def line(tax: int, worth: int, freight: int) -> Line:
    known = UUID(int=1)
    breakdown = {"list": worth, "freight": freight, "tax_included": tax}
    return Line(known, 1, known, known, "Tea", "", "", None, 1, worth, worth, 0, freight, 0, breakdown, True)


def test_the_tax_in_the_freight_is_not_taken_from_the_goods() -> None:
    assert tax_in_goods(line(105, 2_000, 100), on_freight=True) == 100
    assert tax_in_goods(line(95, 2_000, 100), on_freight=False) == 95


@given(tax=st.integers(0, 10**6), worth=st.integers(0, 10**7), freight=st.integers(0, 10**6), on_freight=st.booleans())
def test_never_more_than_the_tax_there_is(tax: int, worth: int, freight: int, on_freight: bool) -> None:
    assert 0 <= tax_in_goods(line(tax, worth, freight), on_freight=on_freight) <= tax
