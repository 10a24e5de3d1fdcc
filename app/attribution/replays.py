"""A past period decided again under another policy: asked for, counted batch by batch, and who gains or loses."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.attribution.policies import Policy
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

_COLUMNS = (
    "id, starts_at, ends_at, policy, plan, status, done, total, last_order, result, asked_by, asked_at, finished_at"
)


class Sum(msgspec.Struct):
    """What one promoter has of a period: orders, their base, and commission."""

    orders: int = 0
    base_amount: int = 0
    commission_amount: int = 0


class Compared(msgspec.Struct):
    """One promoter, as it was and as it would have been."""

    before: Sum = msgspec.field(default_factory=Sum)
    after: Sum = msgspec.field(default_factory=Sum)

    @property
    def difference_amount(self) -> int:
        return self.after.commission_amount - self.before.commission_amount


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """`result` is by promoter; nobody's sales are under nothing."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    policy: Policy
    plan: UUID | None
    status: str
    done: int
    total: int
    last_order: UUID | None
    result: dict[str, Compared]
    asked_by: str
    asked_at: datetime
    finished_at: datetime | None


async def ask_replay(
    policy: Policy, plan: UUID | None, starts_at: datetime, ends_at: datetime, *, total: int, by: str
) -> UUID:
    made = new_id()
    await tenants.connection().execute(
        "INSERT INTO attribution_replay (id, starts_at, ends_at, policy, plan, total, asked_by, asked_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        made, starts_at, ends_at, msgspec.json.encode(policy).decode(), plan, total, by, now(),
    )  # fmt: skip
    return made


async def find_replay(replay_id: UUID, *, lock: bool = False) -> Replay:
    row = await tenants.connection().fetchrow(
        f"SELECT {_COLUMNS} FROM attribution_replay WHERE id = $1" + (" FOR UPDATE" if lock else ""),  # noqa: S608
        replay_id,
    )
    if row is None:
        raise NotFound
    return _read(row)


async def recent_replays(most: int = 20) -> list[Replay]:
    rows = await tenants.connection().fetch(
        f"SELECT {_COLUMNS} FROM attribution_replay ORDER BY asked_at DESC, id LIMIT $1",  # noqa: S608 - constant
        most,
    )
    return [_read(row) for row in rows]


async def note_replay(replay: Replay, result: dict[str, Compared], *, last: UUID | None, orders: int) -> None:
    """So far. A batch without orders is the last."""
    await tenants.connection().execute(
        "UPDATE attribution_replay SET result = $2, last_order = coalesce($3, last_order), done = done + $4,"
        " status = CASE WHEN $4 = 0 THEN 'ready' ELSE 'running' END,"
        " finished_at = CASE WHEN $4 = 0 THEN $5::timestamptz END WHERE id = $1",
        replay.id, msgspec.json.encode(result).decode(), last, orders, now(),
    )  # fmt: skip


def _read(row: Any) -> Replay:
    return Replay(
        **{
            **row,
            "policy": msgspec.json.decode(row["policy"], type=Policy),
            "result": msgspec.json.decode(row["result"], type=dict[str, Compared]),
        }
    )
