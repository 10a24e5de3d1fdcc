"""Which points are left, and how long: a customer's entries told again from the first to the last.

Points that came together are a lot. The oldest are spent first, that is, those that expire soonest. Points that a
refund returns go back to the lots they were taken from; they expire when those do, but never within `GRACE` of coming
back. What is taken back with a refund comes out of the lot of the refunded order first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

import tenants
from app.kernel.clock import now
from app.promotions.points import move_points
from app.promotions.points_terms import PointsRule, points_rule

GRACE = timedelta(days=30)
SOON = timedelta(days=30)
NEVER = datetime.max.replace(tzinfo=UTC)


class Movement(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    points: int
    order_id: UUID | None
    lot: UUID | None
    at: datetime


@dataclass
class Lot:
    """What is left of the points that the entry `origin` brought, earned with `order_id` or given by hand."""

    origin: UUID
    order_id: UUID | None
    left: int
    good_until: datetime


@dataclass
class _Told:
    rule: PointsRule
    zone: ZoneInfo
    lots: list[Lot] = field(default_factory=list)
    owed: int = 0
    spent: dict[UUID, list[tuple[Lot, int]]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, one: Movement) -> None:
        if one.kind == "return" and one.order_id:
            self._give_back(one, one.order_id)
        elif one.points > 0:
            self._add(Lot(one.id, one.order_id, one.points, self.rule.good_until(one.at, self.zone) or NEVER))
        elif one.kind == "spend" and one.order_id:
            self.spent[one.order_id] += self._take(-one.points, self.lots)
        elif one.kind == "expire":
            self._take(-one.points, [lot for lot in self.lots if lot.origin == one.lot])
        else:
            self._take_away(-one.points, one.order_id)

    def _add(self, lot: Lot) -> None:
        paid = min(self.owed, lot.left)
        self.owed -= paid
        lot.left -= paid
        self.lots.append(lot)

    def _take(self, points: int, lots: Iterable[Lot]) -> list[tuple[Lot, int]]:
        """What ends soonest goes first."""
        taken = []
        for lot in sorted(lots, key=lambda one: one.good_until):
            share = min(lot.left, points)
            if share:
                lot.left -= share
                points -= share
                taken.append((lot, share))
        return taken

    def _take_away(self, points: int, order_id: UUID | None) -> None:
        own = [lot for lot in self.lots if order_id and lot.order_id == order_id]
        for lots in (own, self.lots):
            points -= sum(share for _lot, share in self._take(points, lots))
        self.owed += points

    def _give_back(self, one: Movement, order_id: UUID) -> None:
        """What lives longest comes back first."""
        points, earliest = one.points, one.at + GRACE
        while points and self.spent[order_id]:
            lot, share = self.spent[order_id].pop()
            back = min(share, points)
            points -= back
            if share > back:
                self.spent[order_id].append((lot, share - back))
            self._add(Lot(lot.origin, lot.order_id, back, max(lot.good_until, earliest)))


def lots_left(movements: Iterable[Movement], rule: PointsRule, zone: ZoneInfo) -> list[Lot]:
    """The lots with something left, what ends soonest first. `movements` in the order they happened."""
    told = _Told(rule, zone)
    for one in movements:
        told.tell(one)
    return sorted((lot for lot in told.lots if lot.left), key=lambda lot: lot.good_until)


async def lots_of(customer_id: UUID) -> list[Lot]:
    rows = await tenants.connection().fetch(
        "SELECT id, kind, points, order_id, lot, at FROM points_entry WHERE customer = $1 ORDER BY at, id", customer_id
    )
    zone = ZoneInfo(tenants.current().time_zone)
    return lots_left([Movement(**row) for row in rows], await points_rule(), zone)


def ending_soon(lots: Sequence[Lot], at: datetime) -> list[tuple[datetime, int]]:
    """The last moments of points that end within a month, each with how many; the soonest first."""
    sums: dict[datetime, int] = defaultdict(int)
    for lot in lots:
        if lot.good_until <= at + SOON:
            sums[max(lot.good_until, at)] += lot.left
    return sorted(sums.items())


async def expire_points(customer_id: UUID) -> int:
    """Take what is past its day, one entry for each lot; nothing new when it is done again."""
    await tenants.connection().execute(
        "SELECT customer FROM points_balance WHERE customer = $1 FOR UPDATE", customer_id
    )
    at, gone = now(), dict[UUID, list[Lot]]()
    for lot in await lots_of(customer_id):
        if lot.good_until <= at:
            gone.setdefault(lot.origin, []).append(lot)
    for origin, lots in gone.items():
        source = uuid5(origin, f"expire:{lots[-1].good_until.isoformat()}")
        points = sum(lot.left for lot in lots)
        await move_points(customer_id, "expire", -points, source, order_id=lots[0].order_id, lot=origin)
    return sum(lot.left for lots in gone.values() for lot in lots)


async def customers_with_points(after: UUID | None, most: int = 200) -> list[UUID]:
    """In the order of their ids, those behind `after`."""
    rows = await tenants.connection().fetch(
        "SELECT customer FROM points_balance WHERE balance > 0 AND ($1::uuid IS NULL OR customer > $1)"
        " ORDER BY customer LIMIT $2",
        after, most,
    )  # fmt: skip
    return [row["customer"] for row in rows]
