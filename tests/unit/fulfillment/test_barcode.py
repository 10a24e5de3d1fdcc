"""Bars that every scanner reads: each sign is right, long numbers stay wide, and what was written is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.fulfillment.barcode import START_B, START_C, STOP, TO_B, TO_C, WIDTHS, bars, modules, signs


def read_back(text: str) -> str:
    """As a scanner does it."""
    found, in_c = "", False
    *content, check, stop = signs(text)
    assert stop == STOP
    assert check == (content[0] + sum(place * sign for place, sign in enumerate(content[1:], 1))) % 103
    for sign in content:
        if sign in (START_C, TO_C) and not (in_c and sign == TO_C):
            in_c = True
        elif sign in (START_B, TO_B) and (in_c or sign == START_B):
            in_c = False
        else:
            found += f"{sign:02d}" if in_c else chr(sign + 32)
    return found


def test_every_sign_is_eleven_modules_wide_and_no_two_are_alike() -> None:
    assert {sum(map(int, widths)) for widths in WIDTHS[:STOP]} == {11}
    assert sum(map(int, WIDTHS[STOP])) == 13
    assert len(set(WIDTHS)) == len(WIDTHS) == 107


@given(st.text(alphabet=st.characters(min_codepoint=48, max_codepoint=90), min_size=1, max_size=48))
def test_what_was_written_is_read(text: str) -> None:
    assert read_back(text) == text


def test_digits_go_in_pairs() -> None:
    assert signs("SF1000000000001")[:4] == [START_B, 51, 38, TO_C]
    assert modules("1234567890") == 11 * (1 + 5 + 1) + 13
    assert all(width in (1, 2, 3, 4) for _, width in bars("T1000001-1"))


@pytest.mark.parametrize("text", ["", "顺丰", "A" * 49, "a\n"])
def test_what_no_scanner_reads_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="plain letters"):
        signs(text)
