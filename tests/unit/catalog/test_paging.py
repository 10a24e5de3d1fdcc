"""Keyset pages: forwards, backwards, and cursors nobody made."""

from __future__ import annotations

from uuid import UUID

from app.kernel.paging import cut, decode_cursor, encode_cursor


def test_a_cursor_comes_back_as_it_was() -> None:
    assert decode_cursor(encode_cursor(3, UUID(int=7)), int, UUID) == (3, UUID(int=7))


def test_a_cursor_nobody_made_starts_at_the_beginning() -> None:
    for text in ("", "%%%", "AAAA", encode_cursor("x", "y"), "a" * 9_000):
        assert decode_cursor(text, int, UUID) is None


def test_the_surplus_row_only_proves_that_there_is_more() -> None:
    page = cut([1, 2, 3], 2, lambda row: (row,))

    assert page.items == [1, 2]
    assert page.next
    assert not page.previous


def test_a_page_read_backwards_is_turned_around() -> None:
    page = cut([4, 3, 2], 2, lambda row: (row,), backwards=True, started=True)

    assert page.items == [3, 4]
    assert page.next == encode_cursor(4)
    assert page.previous == encode_cursor(3)
