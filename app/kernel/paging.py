"""Keyset pages: a cursor holds the sort key of the last row seen, so page 400 costs what page 1 costs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and cursors of the neighbors; a cursor is empty where the list ends."""

    items: list[T]
    next: str = ""
    previous: str = ""


def encode_cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def decode_cursor(text: str, *kinds: Any) -> tuple[Any, ...] | None:
    """The sort key in a cursor, or None for a cursor nobody made: then the list starts at its beginning."""
    if not text or len(text) > 500:
        return None
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        found: tuple[Any, ...] = msgspec.json.decode(data, type=tuple[kinds])  # type: ignore[valid-type]
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None
    return found


def cut(
    rows: Sequence[T],
    limit: int,
    key: Callable[[T], tuple[Any, ...]],
    *,
    backwards: bool = False,
    started: bool = False,
) -> Page[T]:
    """A page from up to `limit + 1` rows read in reading direction; the surplus row only proves that there is more.

    `started` says that a cursor was given, so there is something on the other side.
    """
    more = len(rows) > limit
    items = list(rows[:limit])
    if backwards:
        items.reverse()
    ahead, behind = (started, more) if backwards else (more, started)
    return Page(
        items,
        next=encode_cursor(*key(items[-1])) if items and ahead else "",
        previous=encode_cursor(*key(items[0])) if items and behind else "",
    )
