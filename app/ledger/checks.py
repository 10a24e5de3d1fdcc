"""When the books were last added up anew, and what that found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class BookCheck(msgspec.Struct, frozen=True):
    """`figures` says how much was looked at, by what."""

    day: date
    finished_at: datetime
    figures: dict[str, int]
    differences: int

    @property
    def books_were_whole(self) -> bool:
        return not any(self.figures.get(kind) for kind in ("books.balance", "books.trial"))


async def last_check() -> BookCheck | None:
    row = await tenants.connection().fetchrow(
        "SELECT day, finished_at, figures, differences FROM book_check ORDER BY day DESC LIMIT 1"
    )
    if row is None:
        return None
    return BookCheck(**(dict(row) | {"figures": msgspec.json.decode(row["figures"], type=dict[str, int])}))


async def record_check(day: date, figures: Mapping[str, int], differences: int) -> None:
    """Once a day; a second run of the same day writes over the first."""
    await tenants.connection().execute(
        "INSERT INTO book_check (id, day, finished_at, figures, differences) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (day) DO UPDATE SET finished_at = excluded.finished_at, figures = excluded.figures,"
        " differences = excluded.differences",
        new_id(), day, now(), msgspec.json.encode(dict(figures)).decode(), differences,
    )  # fmt: skip
