"""Commission lines: estimated when the order is placed, accrued when it is paid, reversed when it is refunded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.commissions.shares import share_amount
from app.kernel.clock import now
from app.kernel.ids import new_id

_COLUMNS = (
    "id, order_id, order_line, decision, promoter, link, base_amount, rate_bps, amount,"
    " reversed_amount, currency, status, earned_at, settle_at, role, flat_amount, units, held_because"
)


class CommissionLine(msgspec.Struct, frozen=True):
    """What one promoter earns on one order line."""

    id: UUID
    order_id: UUID
    order_line: UUID
    decision: UUID
    promoter: UUID
    link: UUID | None
    base_amount: int
    rate_bps: int
    amount: int
    reversed_amount: int
    currency: str
    status: str
    earned_at: datetime | None = None
    settle_at: datetime | None = None
    role: str = "promotion"
    flat_amount: int = 0
    units: int = 0
    held_because: str = ""

    @property
    def kept_amount(self) -> int:
        return self.amount - self.reversed_amount


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """The facts a share is computed from; rate, fee and `terms` (which rule of which plan, and why) are a snapshot."""

    order_id: UUID
    order_line: UUID
    decision: UUID
    promoter: UUID
    link: UUID | None
    base_amount: int
    rate_bps: int
    currency: str
    rule: str = "promoter_rate"
    role: Literal["promotion", "upline", "pickup", "co_host"] = "promotion"
    flat_amount: int = 0
    units: int = 0
    terms: dict[str, Any] = {}
    held_because: str = ""


async def estimate(new: NewLine) -> None:
    """Write what the line would earn once it is paid; writing it twice changes nothing."""
    rule = {"rule": new.rule, "version": 1, "rate_bps": new.rate_bps, **new.terms}
    amount = share_amount(new.base_amount, new.rate_bps, flat_amount=new.flat_amount, units=new.units)
    moment = now()
    await tenants.connection().execute(
        "INSERT INTO commission_line (id, order_id, order_line, decision, promoter, link,"
        " base_amount, rate_bps, amount,"
        " currency, status, rule, role, created_at, updated_at, flat_amount, units, held_because)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'estimated', $11, $12, $13, $13, $14, $15, $16)"
        " ON CONFLICT (order_line, promoter, role) DO NOTHING",
        new_id(), new.order_id, new.order_line, new.decision, new.promoter, new.link, new.base_amount, new.rate_bps,
        amount, new.currency, msgspec.json.encode(rule).decode(), new.role, moment, new.flat_amount, new.units,
        new.held_because,
    )  # fmt: skip


async def accrue(order_id: UUID, at: datetime) -> list[CommissionLine]:
    """The order is paid. Returns the lines that changed now, so that each is posted once.

    A line that is held back is owed too, but does not become due until somebody has looked.
    """
    rows = await tenants.connection().fetch(
        "UPDATE commission_line SET status = CASE WHEN held_because = '' THEN 'accrued' ELSE 'held' END,"  # noqa: S608 - constant
        " accrued_at = $2, updated_at = $2"
        f" WHERE order_id = $1 AND status = 'estimated' RETURNING {_COLUMNS}",
        order_id, at,
    )  # fmt: skip
    return [CommissionLine(*row.values()) for row in rows]


async def cancel(order_id: UUID) -> None:
    """The order ended unpaid: nothing is owed."""
    await tenants.connection().execute(
        "UPDATE commission_line SET status = 'canceled', updated_at = $2 WHERE order_id = $1 AND status = 'estimated'",
        order_id, now(),
    )  # fmt: skip


async def cancel_line(line_id: UUID) -> None:
    """The sale went to somebody else before it was paid."""
    await tenants.connection().execute(
        "UPDATE commission_line SET status = 'canceled', updated_at = $2 WHERE id = $1 AND status = 'estimated'",
        line_id, now(),
    )  # fmt: skip


async def void_line(line_id: UUID) -> None:
    """A line that was held is not paid, and nothing is set aside for it."""
    await tenants.connection().execute(
        "UPDATE commission_line SET status = 'canceled', updated_at = $2 WHERE id = $1 AND amount = reversed_amount"
        " AND status = 'held' OR id = $1 AND status = 'estimated'",
        line_id, now(),
    )  # fmt: skip


_LET_COUNT = (
    "UPDATE commission_line SET held_because = '', updated_at = $3,"
    " status = CASE WHEN status = 'held' THEN 'accrued' ELSE status END"
    " WHERE {of} = $1 AND held_because = $2 AND status IN ('estimated', 'held')"
)


async def let_count(order_line: UUID, because: str) -> None:
    """Somebody has looked at what was held back for this reason: it becomes due like any other."""
    await tenants.connection().execute(_LET_COUNT.format(of="order_line"), order_line, because, now())


async def let_order_count(order_id: UUID, because: str) -> None:
    """The same for every line of an order."""
    await tenants.connection().execute(_LET_COUNT.format(of="order_id"), order_id, because, now())


async def hold(order_id: UUID, because: str) -> None:
    """Not paid yet, and doubtful: what the order's sellers would earn waits for somebody to look."""
    await tenants.connection().execute(
        "UPDATE commission_line SET held_because = $2, updated_at = $3"
        " WHERE order_id = $1 AND status = 'estimated' AND role <> 'pickup'",
        order_id, because, now(),
    )  # fmt: skip


async def forget_sellers(order_id: UUID, promoters: Iterable[UUID]) -> None:
    """They turned out to earn nothing for selling it; handing out is other work. Nothing was booked yet."""
    await tenants.connection().execute(
        "DELETE FROM commission_line WHERE order_id = $1 AND promoter = ANY($2::uuid[]) AND status = 'estimated'"
        " AND role <> 'pickup'",
        order_id, list(promoters),
    )  # fmt: skip


async def forget_estimates(order_id: UUID) -> None:
    """The order was edited before it was paid: what its lines would earn is computed anew."""
    await tenants.connection().execute(
        "DELETE FROM commission_line WHERE order_id = $1 AND status = 'estimated'", order_id
    )


async def lines_of(order_id: UUID, *, lock: bool = False) -> list[CommissionLine]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM commission_line WHERE order_id = $1 ORDER BY id" + (" FOR UPDATE" if lock else ""),  # noqa: S608
        order_id,
    )
    return [CommissionLine(*row.values()) for row in rows]


class NamedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A commission line in a list of an order's: who earns it and what is left of it."""

    id: UUID
    order_line: UUID
    promoter: UUID
    promoter_name: str
    role: str
    rate_bps: int
    flat_amount: int
    units: int
    kept_amount: int
    status: str


async def named_lines(order_id: UUID) -> list[NamedLine]:
    """Everybody who earns of an order, the seller of each line first."""
    rows = await tenants.connection().fetch(
        "SELECT line.id, line.order_line, line.promoter, promoter.name AS promoter_name, line.role, line.rate_bps,"
        " line.flat_amount, line.units, line.amount - line.reversed_amount AS kept_amount, line.status"
        " FROM commission_line AS line JOIN promoter ON promoter.id = line.promoter WHERE line.order_id = $1"
        " ORDER BY line.order_line, (line.role <> 'promotion'), line.id",
        order_id,
    )
    return [NamedLine(**row) for row in rows]


async def taken_back(order_id: UUID) -> dict[UUID, int]:
    """Of each order line, what refunds took back from its promoters; lines that lost nothing are not in it."""
    taken: Counter[UUID] = Counter()
    for line in await lines_of(order_id):
        taken[line.order_line] += line.reversed_amount
    return +taken


async def reverse(line_id: UUID, amount: int) -> None:
    """Take part of a line back; a line taken back whole is `reversed`."""
    await tenants.connection().execute(
        "UPDATE commission_line SET reversed_amount = reversed_amount + $2, updated_at = $3,"
        " status = CASE WHEN reversed_amount + $2 = amount THEN 'reversed' ELSE status END WHERE id = $1",
        line_id, amount, now(),
    )  # fmt: skip


async def earned_through(link_id: UUID) -> int:
    """Commission of one link, estimated or better, less what was taken back."""
    total: int = await tenants.connection().fetchval(
        "SELECT coalesce(sum(amount - reversed_amount), 0)::bigint FROM commission_line"
        " WHERE link = $1 AND status <> 'canceled'",
        link_id,
    )
    return total
