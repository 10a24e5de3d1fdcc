"""Card numbers are recognized, and what merely looks long is left alone."""

from __future__ import annotations

import pytest

from app.kernel.cards import has_card_number

# Numbers that card companies publish for trials; nobody owns them.
CARDS = [
    "4242424242424242", "4242 4242 4242 4242", "4000-0566-5566-5556", "5555555555554444", "2223003122003222",
    "378282246310005", "6200000000000005", "6011111111111117", "3566002020360505", "36227206271667",
    "please take 4242424242424242 thanks",
]  # fmt: skip
OTHERS = [
    "", "13800000000", "+86 138 0000 0000", "4242424242424241", "T1000123-1", "SF4242424242424242",
    "4242424242424242x", "2021001234567890", "2088102146225135", "6901234567892",
    "0193e4a2-7c4e-7000-8000-000000000000",
    "1790000000", "12345678901234567890123", "9787111544937",
]  # fmt: skip


@pytest.mark.parametrize("text", CARDS)
def test_a_card_number_is_seen(text: str) -> None:
    assert has_card_number(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_numbers_pass(text: str) -> None:
    assert not has_card_number(text)
