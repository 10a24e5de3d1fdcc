"""What a contest ended with: the frozen board, the orders behind it, and each person's prize."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.contests.ranking import SideTally, Tally
from app.kernel.clock import now
from app.kernel.errors import NotFound, Refusal
from app.kernel.ids import new_id

COUNTS = ("counted", "partly_refunded")


class MoreThanWasPaid(Refusal):
    """More was to be taken back than the prize still holds."""

    code = "contests.more_than_was_paid"
    message = "You cannot take back more than is left of the prize."


class CountedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order of somebody who stands in a contest: what it brings, and why."""

    side: UUID
    promoter: UUID
    order_id: UUID
    number: str
    paid_at: datetime
    gross_amount: int
    net_amount: int
    units: int
    units_back: int
    score: int
    reason: str

    @property
    def counts(self) -> bool:
        return self.reason in COUNTS


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a side ended with."""

    id: UUID
    side: UUID
    place: int
    score: int
    net_amount: int
    orders: int
    reached_at: datetime | None
    prize_amount: int


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """One person's prize. `kept_amount` is what is left of it after corrections."""

    id: UUID
    contest: UUID
    result: UUID
    promoter: UUID
    score: int
    amount: int
    currency: str
    corrected_amount: int
    created_at: datetime
    paid_at: datetime | None

    @property
    def kept_amount(self) -> int:
        return self.amount - self.corrected_amount


class Correction(msgspec.Struct, frozen=True):
    """A part of a prize that went back."""

    amount: int
    reason: str
    actor: str
    at: datetime


ORDER_FIELDS = tuple(field.name for field in msgspec.structs.fields(CountedOrder))
RESULT_COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Result))
AWARD_COLUMNS = ", ".join(field.name for field in msgspec.structs.fields(Award))
WRITE_ORDERS = f"""INSERT INTO contest_order (id, contest, {", ".join(ORDER_FIELDS)})
    VALUES ({", ".join(f"${place}" for place in range(1, len(ORDER_FIELDS) + 3))})"""  # noqa: S608 - constants only


async def freeze(
    contest_id: UUID, board: Sequence[tuple[SideTally, int]], orders: Sequence[CountedOrder]
) -> dict[UUID, UUID]:
    """Write down what counted, the first place first, each with its prize; answers the result of each side."""
    results = {side.side: new_id() for side, _prize in board}
    await tenants.connection().executemany(
        "INSERT INTO contest_result (id, contest, side, place, score, net_amount, orders, reached_at, prize_amount)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [
            (results[side.side], contest_id, side.side, place, side.score, side.net_amount, side.orders,
             side.reached_at, prize)
            for place, (side, prize) in enumerate(board, start=1)
        ],
    )  # fmt: skip
    await tenants.connection().executemany(
        WRITE_ORDERS, [(new_id(), contest_id, *msgspec.structs.astuple(one)) for one in orders]
    )
    return results


async def owe(contest_id: UUID, result: UUID, promoter: UUID, *, score: int, amount: int, currency: str) -> None:
    """Somebody has won so much."""
    await tenants.connection().execute(
        "INSERT INTO contest_award (id, contest, result, promoter, score, amount, currency, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new_id(), contest_id, result, promoter, score, amount, currency, now(),
    )  # fmt: skip


async def results_of(contest_id: UUID) -> list[Result]:
    """The frozen board, the first place first; empty before the result is final."""
    rows = await tenants.connection().fetch(
        f"SELECT {RESULT_COLUMNS} FROM contest_result WHERE contest = $1 ORDER BY place",  # noqa: S608 - constant
        contest_id,
    )
    return [Result(**row) for row in rows]


async def frozen_orders(
    contest_id: UUID, *, promoter: UUID | None = None, most: int = 500, offset: int = 0
) -> list[CountedOrder]:
    """The orders behind the frozen board, the newest payment first; of one promoter only where named."""
    rows = await tenants.connection().fetch(
        f"SELECT {', '.join(ORDER_FIELDS)} FROM contest_order WHERE contest = $1"  # noqa: S608 - constant
        " AND ($2::uuid IS NULL OR promoter = $2) ORDER BY paid_at DESC, id LIMIT $3 OFFSET $4",
        contest_id, promoter, most, offset,
    )  # fmt: skip
    return [CountedOrder(**row) for row in rows]


async def frozen_tallies(contest_id: UUID) -> dict[UUID, Tally]:
    """What each promoter brought in the end; who brought nothing is not in it."""
    rows = await tenants.connection().fetch(
        "SELECT promoter, sum(score)::bigint AS score, sum(net_amount)::bigint AS net_amount,"
        " count(*) AS orders, max(paid_at) AS reached_at FROM contest_order WHERE contest = $1 AND score > 0"
        " GROUP BY promoter",
        contest_id,
    )
    return {row["promoter"]: Tally(**row) for row in rows}


def _award(row: Mapping[str, Any] | None) -> Award:
    if row is None:
        raise NotFound
    return Award(**row)


async def find_award(award_id: UUID, *, lock: bool = False) -> Award:
    """Lock its promoter first. Raises NotFound."""
    return _award(
        await tenants.connection().fetchrow(
            f"SELECT {AWARD_COLUMNS} FROM contest_award WHERE id = $1" + (" FOR NO KEY UPDATE" if lock else ""),  # noqa: S608
            award_id,
        )
    )


async def awards_of(contest_id: UUID, *, unpaid: bool = False) -> list[Award]:
    """The highest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {AWARD_COLUMNS} FROM contest_award WHERE contest = $1 AND (NOT $2 OR paid_at IS NULL)"  # noqa: S608
        " ORDER BY amount DESC, id",
        contest_id, unpaid,
    )  # fmt: skip
    return [_award(row) for row in rows]


async def awards_to(promoter: UUID, most: int = 50) -> list[tuple[Award, str]]:
    """What somebody has won, the newest first, each with the contest's title."""
    rows = await tenants.connection().fetch(
        f"SELECT {', '.join('award.' + name for name in AWARD_COLUMNS.split(', '))}, contest.title AS contest_title"  # noqa: S608 - constant
        " FROM contest_award AS award JOIN contest ON contest.id = award.contest WHERE award.promoter = $1"
        " ORDER BY award.created_at DESC, award.id DESC LIMIT $2",
        promoter, most,
    )  # fmt: skip
    return [(_award({n: v for n, v in row.items() if n != "contest_title"}), row["contest_title"]) for row in rows]


async def mark_paid(award_id: UUID) -> bool:
    """False when it was paid before: this happens once."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE contest_award SET paid_at = $2 WHERE id = $1 AND paid_at IS NULL RETURNING true", award_id, now()
        )
    )


async def take_back(award: Award, amount: int, *, reason: str, actor: str) -> UUID:
    """Write a correction of a locked award; its id names it in the books. Raises MoreThanWasPaid."""
    if award.paid_at is None or not 0 < amount <= award.kept_amount:
        raise MoreThanWasPaid
    correction = new_id()
    await tenants.connection().execute(
        "UPDATE contest_award SET corrected_amount = corrected_amount + $2 WHERE id = $1", award.id, amount
    )
    await tenants.connection().execute(
        "INSERT INTO contest_correction (id, award, amount, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6)",
        correction, award.id, amount, reason, actor, now(),
    )  # fmt: skip
    return correction


async def corrections_of(award_id: UUID) -> list[Correction]:
    rows = await tenants.connection().fetch(
        "SELECT amount, reason, actor, at FROM contest_correction WHERE award = $1 ORDER BY at, id", award_id
    )
    return [Correction(**row) for row in rows]
