"""Sums as pages write them."""

from __future__ import annotations

from decimal import Decimal

from app.demo import sums


def test_a_sum_is_read_as_it_is_written() -> None:
    assert sums.read("¥1,234.50") == Decimal("1234.50")
    assert sums.write(Decimal("1234.5")) == "¥1,234.50"


def test_a_share_is_rounded_down_to_the_cent() -> None:
    assert sums.commission(Decimal("53.50")) == "¥6.68"
