"""Yuan and Beijing time, as Chinese vendors write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.payment.yuan import fen, from_beijing, rounded_fen, to_beijing, yuan


@pytest.mark.parametrize(
    ("text", "amount"), [("43.90", 4_390), ("20", 2_000), ("0.01", 1), ("7.5", 750), ("-4.00", -400), ("0.00", 0)]
)
def test_an_amount_is_read_to_the_last_fen(text: str, amount: int) -> None:
    assert fen(text) == amount


@pytest.mark.parametrize("text", ["", ".5", "1.", "1.234", "1,000.00", "+1.00", "1e2", "--1", "１.００", "1.00\n"])
def test_anything_else_is_not_an_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        fen(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.26000", 26), ("-0.02000", -2), ("0.00500", 1), ("0.00499", 0), ("12", 1_200), ("-0.00500", -1)],
)
def test_a_fee_finer_than_a_fen_is_rounded_to_one(text: str, amount: int) -> None:
    assert rounded_fen(text) == amount


@given(st.integers(-(10**13), 10**13))
def test_what_is_written_is_read_again(amount: int) -> None:
    assert fen(yuan(amount)) == amount


def test_beijings_clock_is_eight_hours_ahead() -> None:
    moment = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)

    assert to_beijing(moment) == "2026-11-23 00:30:00"
    assert from_beijing("2026-11-23 00:30:00") == moment
