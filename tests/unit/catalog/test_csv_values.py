"""Cells become exact values, or an error that says what was wrong."""

from __future__ import annotations

import pytest

from app.catalog.csv_values import BadCell, minor_unit_reader, read_count, read_flag, read_price, read_tags

CENTS = minor_unit_reader(2)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("", None),
        ("12.5", 1250),
        ("1,234.50", 123450),
        ("$12", 1200),
        ("US$12.00", 1200),
        ("NT$1,280", 128000),
        ("Rs. 1,299.00", 129900),
        ("¥39.9", 3990),
        ("12 元", 1200),
        ("36.00 USD", 3600),
        ("１２．５０", 1250),
        ("12,50", 1250),
        ("1.234,50", 123450),
        (".5", 50),
        ("0", 0),
    ],
)
def test_prices_are_read_to_the_cent(text: str, amount: int | None) -> None:
    assert read_price(text, CENTS) == amount


@pytest.mark.parametrize("text", ["free", "-5", "1e5", "1,2345", "1.2.3", "12 34 56x78", "$", "٣٫٥", "9" * 40])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(BadCell) as refused:
        read_price(text, CENTS)

    assert refused.value.code == "csv.bad_price"


def test_a_price_is_never_rounded() -> None:
    with pytest.raises(BadCell, match=r"csv\.too_many_decimals"):
        read_price("1.005", CENTS)


@pytest.mark.parametrize(("text", "count"), [("", None), ("-3", -3), ("1,200", 1200), ("7.0", 7), ("'12", 12)])
def test_stock_may_be_owed(text: str, count: int | None) -> None:
    assert read_count(text) == count


def test_flags_and_tags_forgive_case_and_spaces() -> None:
    assert read_flag("TRUE", False)
    assert read_flag("", True)
    assert read_tags(" Fresh, fresh ,Cold chain,, ") == ("Fresh", "Cold chain")
