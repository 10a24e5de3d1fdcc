"""Pieces of files, as players ask for them."""

from __future__ import annotations

import pytest

from app.kernel.ranges import MOST_AT_ONCE, read_range


@pytest.mark.parametrize(
    ("asked", "piece"),
    [
        ("bytes=0-99", (0, 99)), ("bytes=900-", (900, 999)), ("bytes=-100", (900, 999)), ("bytes=0-5000", (0, 999)),
        ("bytes=-5000", (0, 999)), ("bytes=999-999", (999, 999)),
    ],
)  # fmt: skip
def test_a_piece_is_cut_to_what_is_there(asked: str, piece: tuple[int, int]) -> None:
    assert read_range(asked, 1000) == piece


@pytest.mark.parametrize("asked", ["", "bytes=-", "bytes=0-1,5-6", "items=0-1", "bytes=a-b", "bytes=0-1;x"])
def test_what_is_no_single_range_means_the_whole_file(asked: str) -> None:
    assert read_range(asked, 1000) is None


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5-4", "bytes=-0", "bytes=99999999999-"])
def test_a_piece_that_is_not_there_is_refused(asked: str) -> None:
    with pytest.raises(ValueError):
        read_range(asked, 1000)


def test_one_answer_never_holds_a_whole_large_file() -> None:
    assert read_range("bytes=0-", 10 * MOST_AT_ONCE) == (0, MOST_AT_ONCE - 1)
