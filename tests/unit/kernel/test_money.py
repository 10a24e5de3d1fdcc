"""Money never gains or loses a cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import CURRENCIES, InvalidAmount, floor_share, parse_amount, plain_amount, spread


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("43.90", "CNY", 4390),
        ("43.9", "CNY", 4390),
        ("¥1,234.50", "CNY", 123450),
        ("１２．５", "CNY", 1250),
        (".5", "CNY", 50),
        ("NT$1,280", "TWD", 128000),
        ("¥500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("0", "USD", 0),
    ],
)
def test_a_typed_amount_becomes_minor_units(typed: str, currency: str, amount: int) -> None:
    assert parse_amount(typed, currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("", "CNY"),
        ("-1", "CNY"),
        ("1.234", "CNY"),
        ("1.5", "JPY"),
        ("1,23", "CNY"),
        ("12a", "CNY"),
        (".", "CNY"),
        ("9" * 20, "CNY"),
    ],
)
def test_what_is_not_an_amount_is_refused_with_a_sentence(typed: str, currency: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        parse_amount(typed, currency)

    assert refused.value.message.endswith(".")


@given(st.integers(0, 10**12), st.sampled_from(sorted(CURRENCIES)))
def test_what_a_field_shows_is_read_back_as_the_same_amount(amount: int, currency: str) -> None:
    assert parse_amount(plain_amount(amount, currency), currency) == amount


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_a_spread_discount_adds_up_and_no_line_is_off_by_a_cent(total: int, weights: list[int]) -> None:
    shares = spread(total, weights)

    whole = sum(weights)
    assert sum(shares) == total
    assert all(
        abs(share * whole - total * weight) < whole for share, weight in zip(shares, weights, strict=True) if whole
    )


def test_the_earlier_line_gets_the_odd_cent() -> None:
    assert spread(100, [1, 1, 1]) == (34, 33, 33)


def test_freight_over_free_lines_is_shared_alike() -> None:
    assert spread(10, [0, 0]) == (5, 5)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 3333), min_size=1, max_size=3))
def test_shares_together_never_exceed_what_was_promised(base: int, rates: list[int]) -> None:
    assert sum(floor_share(base, bps) for bps in rates) <= floor_share(base, sum(rates))
