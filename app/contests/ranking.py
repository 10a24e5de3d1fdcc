"""Who is before whom, and what each place is worth.

The higher score is first. Of equal scores the one that was reached first, which is when the last order that counts was
paid; of those that were reached at the same moment, the side that was entered first.

A prize is the fixed amount of its place, at most the contest's share of the net sales that won it. A team's prize is
shared among those who sold for it: by their scores, or alike. Every share is rounded down; what is left over stays
with the merchant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from app.kernel.money import floor_share

NEVER = datetime.max.replace(tzinfo=UTC)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What one promoter brought to their side."""

    promoter: UUID
    score: int = 0
    net_amount: int = 0
    orders: int = 0
    reached_at: datetime | None = None


class SideTally(msgspec.Struct, frozen=True, kw_only=True):
    """A side with what each of its people brought."""

    side: UUID
    position: int
    members: tuple[Tally, ...] = ()

    @property
    def score(self) -> int:
        return sum(one.score for one in self.members)

    @property
    def net_amount(self) -> int:
        return sum(one.net_amount for one in self.members)

    @property
    def orders(self) -> int:
        return sum(one.orders for one in self.members)

    @property
    def reached_at(self) -> datetime | None:
        return max((one.reached_at for one in self.members if one.reached_at), default=None)


def ranked(sides: Iterable[SideTally]) -> list[SideTally]:
    """The first place first."""
    return sorted(sides, key=lambda one: (-one.score, one.reached_at or NEVER, one.position))


def prize_for(side: SideTally, place: int, prizes: Mapping[int, int], *, least_score: int, cap_bps: int | None) -> int:
    """What the side wins at its place; nothing below the least score."""
    if side.score < least_score:
        return 0
    amount = prizes.get(place, 0)
    return amount if cap_bps is None else min(amount, floor_share(side.net_amount, cap_bps))


def shares(amount: int, members: Sequence[Tally], split: str) -> dict[UUID, int]:
    """Of a side's prize, what each of its people gets. Who brought nothing gets nothing."""
    sellers = [one for one in members if one.score > 0]
    if not sellers:
        return {}
    if split == "equal":
        parts = {one.promoter: amount // len(sellers) for one in sellers}
    else:
        whole = sum(one.score for one in sellers)
        parts = {one.promoter: amount * one.score // whole for one in sellers}
    return {promoter: part for promoter, part in parts.items() if part}
