"""Codes of gift cards: typed from paper, in any dress."""

from __future__ import annotations

import re

import pytest

from app.wallets import new_code, read_code


def test_a_code_is_sixteen_characters_in_groups_of_four() -> None:
    codes = {new_code() for _code in range(500)}

    assert len(codes) == 500
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


@pytest.mark.parametrize("typed", ["7K2M-9QXA-44TD-0B1F", "7k2m 9qxa 44td ob1f", " 7K2M9QXA44TD0BIF "])
def test_however_it_is_typed_it_is_the_same_code(typed: str) -> None:
    assert read_code(typed) == "7K2M9QXA44TD0B1F"


@pytest.mark.parametrize("typed", ["", "7K2M", "7K2M-9QXA-44TD-0B8U", "7K2M-9QXA-44TD-0B8F-1", "%" * 100])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert read_code(typed) is None
