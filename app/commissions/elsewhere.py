"""Commission of what was sold elsewhere: the same life as any other, about a line of a platform's or a network's order.

Whose sale it was may become known late and change. Each answer is a turn of its own, so a promoter who had it, lost it
and got it back has a line for each time, and what was given and taken stays to be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.commissions.shares import share_amount
from app.kernel.clock import now
from app.kernel.ids import new_id

_COLUMNS = (
    "id, external_line, turn, promoter, base_amount, rate_bps, amount, reversed_amount, currency, status, earned_at,"
    " settle_at, role, flat_amount, units"
)


class LineElsewhere(msgspec.Struct, frozen=True):
    """What one promoter earns on one line sold elsewhere."""

    id: UUID
    external_line: UUID
    turn: int
    promoter: UUID
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

    @property
    def kept_amount(self) -> int:
        return self.amount - self.reversed_amount

    @property
    def order_id(self) -> UUID:
        """What its movements in the books are filed under: there is no order of ours behind it."""
        return self.external_line


async def estimate_elsewhere(
    external_line: UUID, turn: int, promoter: UUID, *, base_amount: int, rate_bps: int, currency: str, rule: str,
    role: Literal["promotion", "upline", "co_host"] = "promotion", flat_amount: int = 0, units: int = 0,
    terms: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write what the line would earn; owed is nothing yet. Writing it twice changes nothing."""
    said = {"rule": rule, "version": 1, "rate_bps": rate_bps, **(terms or {})}
    await tenants.connection().execute(
        "INSERT INTO commission_line (id, external_line, turn, promoter, base_amount, rate_bps, amount, currency,"
        " status, rule, role, created_at, updated_at, flat_amount, units)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'estimated', $9, $10, $11, $11, $12, $13)"
        " ON CONFLICT (external_line, turn, promoter, role) DO NOTHING",
        new_id(), external_line, turn, promoter, base_amount, rate_bps,
        share_amount(base_amount, rate_bps, flat_amount=flat_amount, units=units), currency,
        msgspec.json.encode(said).decode(), role, now(), flat_amount, units,
    )  # fmt: skip


async def lines_elsewhere(external_line: UUID, *, lock: bool = False) -> list[LineElsewhere]:
    """Of every turn, the oldest first."""
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM commission_line WHERE external_line = $1 ORDER BY turn, id"  # noqa: S608 - constant
        + (" FOR UPDATE" if lock else ""),
        external_line,
    )
    return [LineElsewhere(*row.values()) for row in rows]


async def accrue_elsewhere(line_id: UUID, at: datetime) -> bool:
    """It is settled whose sale it was, and paid: from now on it is owed. False when it was before."""
    done: str = await tenants.connection().execute(
        "UPDATE commission_line SET status = CASE WHEN held_because = '' THEN 'accrued' ELSE 'held' END,"
        " accrued_at = $2, updated_at = $2 WHERE id = $1 AND status = 'estimated'",
        line_id, at,
    )  # fmt: skip
    return done.endswith(" 1")
