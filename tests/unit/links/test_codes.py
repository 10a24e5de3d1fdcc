"""Codes of tracked links."""

from __future__ import annotations

from app.links.codes import ALPHABET, new_code, read_code


def test_codes_are_ten_letters_that_read_back() -> None:
    codes = {new_code() for _ in range(500)}

    assert len(codes) == 500
    assert all(len(code) == 10 and set(code) <= set(ALPHABET) and read_code(code) == code for code in codes)


def test_a_misread_code_still_finds_its_link() -> None:
    assert read_code("OIL0123456") == "0110123456"


def test_what_cannot_be_a_code_is_none() -> None:
    impossible = ("", "short", "0123456789a", "../../etc/", "０123456789", "abcdefghij\n")

    assert [read_code(text) for text in impossible] == [None] * 6
