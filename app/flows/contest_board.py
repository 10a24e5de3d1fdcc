"""A contest as people look at it: places, what separates them, and what each place wins. Not a journey of its own.

While it runs the board is counted anew each time it is read; when the result is final it is the frozen copy. A page
of the shop shows `public_boards` of its live session, where the merchant has allowed it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app import contests
from app.contests import Contest, Side, SideTally, Tally
from app.flows import contest_count
from app.kernel.clock import now


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on a side: what they brought, and what the side's prize would give them."""

    promoter: UUID
    name: str
    score: int
    share_amount: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One side at its place."""

    side: UUID
    name: str
    place: int
    score: int
    net_amount: int
    orders: int
    reached_at: datetime | None
    prize_amount: int
    members: tuple[Member, ...]

    def has(self, promoter: UUID | None) -> bool:
        return any(one.promoter == promoter for one in self.members)


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """All sides, the first place first; `prizes` by place."""

    contest: Contest
    rows: tuple[Row, ...]
    prizes: Mapping[int, int]
    as_of: datetime

    @property
    def is_duel(self) -> bool:
        """Two sides: shown as one bar of two colors, in the order they were entered."""
        return len(self.rows) == 2

    @property
    def lead(self) -> int:
        """By how much the first is before the second."""
        return self.rows[0].score - self.rows[1].score if len(self.rows) > 1 else 0

    @property
    def pool_amount(self) -> int:
        return sum(self.prizes.values())

    @property
    def has_begun(self) -> bool:
        return self.contest.starts_at <= self.as_of

    def row_of(self, promoter: UUID | None) -> Row | None:
        return next((row for row in self.rows if row.has(promoter)), None)

    def behind(self, row: Row) -> int:
        """How much is missing to the place before."""
        return self.rows[row.place - 2].score - row.score if row.place > 1 else 0

    def percent(self, row: Row) -> int:
        """Compared with the first."""
        return 100 * row.score // self.rows[0].score if self.rows[0].score else 0


async def board_of(contest: Contest) -> Board:
    """Inside an open transaction."""
    sides = await contests.sides_of(contest.id)
    board = await (_frozen if contest.is_final else _counted)(contest, sides)
    names = await _names([promoter for side in sides for promoter in side.promoters])
    titles = {side.id: side.name for side in sides}
    rows = tuple(
        _row(side, titles[side.side], place, prize, names, contest.split)
        for place, (side, prize) in enumerate(board, start=1)
    )
    return Board(contest=contest, rows=rows, prizes=await contests.prizes_of(contest.id), as_of=now())


async def boards_of_session(session: UUID, hosts: Sequence[UUID]) -> list[Board]:
    """Contests of a live session and of its hosts while it runs, for whoever works in it."""
    return [await board_of(one) for one in await contests.of_session(session, hosts)]


async def public_boards(session: UUID, hosts: Sequence[UUID]) -> list[Board]:
    """The same for a page of the shop: only what the merchant shows there."""
    return [await board_of(one) for one in await contests.of_session(session, hosts) if one.is_public]


async def _counted(contest: Contest, sides: Sequence[Side]) -> list[tuple[SideTally, int]]:
    return await contest_count.with_prizes(contest, await contest_count.tallies(contest.id, sides))


async def _frozen(contest: Contest, sides: Sequence[Side]) -> list[tuple[SideTally, int]]:
    """The copy: places and prizes as they were written, whatever was refunded since."""
    scores = await contests.frozen_tallies(contest.id)
    tallied = {one.side: one for one in contest_count.added_up(sides, scores)}
    return [(tallied[result.side], result.prize_amount) for result in await contests.results_of(contest.id)]


def _row(side: SideTally, name: str, place: int, prize: int, names: Mapping[UUID, str], split: str) -> Row:
    shared = contests.shares(prize, side.members, split)
    return Row(
        side=side.side, name=name, place=place, score=side.score, net_amount=side.net_amount, orders=side.orders,
        reached_at=side.reached_at, prize_amount=prize,
        members=tuple(
            _member(one, names, shared) for one in sorted(side.members, key=lambda each: -each.score)
        ),
    )  # fmt: skip


def _member(one: Tally, names: Mapping[UUID, str], shared: Mapping[UUID, int]) -> Member:
    return Member(
        promoter=one.promoter, name=names.get(one.promoter, "?"), score=one.score,
        share_amount=shared.get(one.promoter, 0),
    )  # fmt: skip


async def _names(promoters: Sequence[UUID]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch("SELECT id, name FROM promoter WHERE id = ANY($1::uuid[])", list(promoters))
    return {row["id"]: row["name"] for row in rows}
