"""Asking for what changed in a stretch of time, page by page, and answers that must make sense."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from msgspec import Struct

from infra.warehouse.jushuitan_wire import beijing, from_beijing
from infra.warehouse.port import WarehouseUnavailable

OVERLAP = timedelta(minutes=1)  # rows written late carry an earlier time; what comes twice has one notice_id


class Window(Struct, frozen=True):
    """A stretch of time and the page in it, counted from 0. A cursor is both as text."""

    begin: datetime
    end: datetime
    page: int

    @classmethod
    def of(cls, cursor: str, now: datetime, *, longest: timedelta, look_back: timedelta) -> Window:
        """It never starts in the future nor ends there, whatever we are given."""
        begin, _, page = cursor.partition("|")
        since = min(from_beijing(begin), now) if begin else now - look_back
        return cls(since, min(since + longest, now), int(page or 0))

    def following(self, now: datetime, *, more_pages: bool) -> tuple[str, bool]:
        """The next cursor, and whether to ask again at once."""
        if more_pages:
            return f"{beijing(self.begin)}|{self.page + 1}", True
        return f"{beijing(self.end - OVERLAP)}|0", self.end < now - OVERLAP


@contextmanager
def making_sense() -> Iterator[None]:
    """An answer with dates that are none or numbers that are too large says nothing; perhaps the next one does."""
    try:
        yield
    except (ValueError, ArithmeticError) as error:
        raise WarehouseUnavailable("the answer makes no sense") from error
