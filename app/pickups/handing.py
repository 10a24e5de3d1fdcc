"""Pickups: one order that waits at a point, and how far it is.

    waiting -> arrived -> collected        arrived -> overdue -> collected
    any of them but collected -> canceled  when the order is called off

Every move is one conditional UPDATE, so two telephones that scan one code hand it out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.pickups import codes
from app.pickups.refusals import UnknownCode

UNDO = timedelta(minutes=10)


class Pickup(msgspec.Struct, frozen=True, kw_only=True):
    """Without a point it lies with the leader of its list, or with the store if nobody leads that."""

    order_id: UUID
    campaign: UUID
    point: UUID | None
    leader: UUID | None
    status: str
    code_round: int
    pickup_bps: int
    cap_bps: int
    overdue_days: int
    arrived_at: datetime | None
    collected_at: datetime | None
    collected_by: str
    completed_at: datetime | None
    reminded_at: datetime | None

    @property
    def code(self) -> str:
        return codes.code_of(self.order_id, self.code_round)

    def may_undo(self, at: datetime | None = None) -> bool:
        return self.collected_at is not None and self.completed_at is None and (at or now()) < self.collected_at + UNDO


COLUMNS = """order_id, campaign, point, leader, status, code_round, pickup_bps, cap_bps, overdue_days, arrived_at,
    collected_at, collected_by, completed_at, reminded_at"""
BY_ORDER = f"SELECT {COLUMNS} FROM pickup WHERE order_id = $1"  # noqa: S608 - constants only
BY_HASH = f"SELECT {COLUMNS} FROM pickup WHERE code_hash = $1"  # noqa: S608 - constants only
WRITE = """
INSERT INTO pickup (order_id, campaign, point, leader, code_hash, code_round, pickup_bps, cap_bps, overdue_days)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (code_hash) DO NOTHING RETURNING order_id
"""


async def find(order_id: UUID) -> Pickup:
    """Raises NotFound for an order nobody comes for."""
    found = await pickup_of(order_id)
    if found is None:
        raise NotFound
    return found


async def pickup_of(order_id: UUID) -> Pickup | None:
    row = await tenants.connection().fetchrow(BY_ORDER, order_id)
    return Pickup(**row) if row else None


async def find_by_code(typed: str, leader: UUID) -> Pickup:
    """The order with this code at a point of this leader. Raises UnknownCode."""
    code = codes.plain(typed)
    row = await tenants.connection().fetchrow(BY_HASH, codes.hash_of(code)) if code else None
    found = Pickup(**row) if row else None
    if found is None or found.leader != leader or not codes.fits(code, found.order_id, found.code_round):
        raise UnknownCode
    return found


async def write(
    order_id: UUID,
    campaign: UUID,
    point: UUID | None,
    leader: UUID | None,
    *,
    pickup_bps: int = 0,
    cap_bps: int = 10_000,
    overdue_days: int = 3,
) -> None:
    """The order was placed: it has a code from now on."""
    for round_ in range(20):
        code_hash = codes.hash_of(codes.code_of(order_id, round_))
        if await tenants.connection().fetchval(
            WRITE, order_id, campaign, point, leader, code_hash, round_, pickup_bps, cap_bps, overdue_days
        ):
            return
    raise RuntimeError("twenty codes of one order are taken")


ARRIVE = """UPDATE pickup SET status = 'arrived', arrived_at = $2 WHERE order_id = ANY($1) AND status = 'waiting'
    RETURNING order_id"""
COLLECT = """UPDATE pickup SET status = 'collected', collected_at = $2, collected_by = $3,
    arrived_at = coalesce(arrived_at, $2) WHERE order_id = $1 AND status IN ('waiting', 'arrived', 'overdue')
    RETURNING order_id"""
UNDONE = """UPDATE pickup SET status = 'arrived', collected_at = NULL, collected_by = '' WHERE order_id = $1
    AND status = 'collected' AND completed_at IS NULL AND collected_at > $2 RETURNING order_id"""
COMPLETE = """UPDATE pickup SET completed_at = $2 WHERE order_id = $1 AND status = 'collected' AND completed_at IS NULL
    AND collected_at <= $3 RETURNING order_id"""
CANCEL = """UPDATE pickup SET status = 'canceled' WHERE order_id = $1 AND status NOT IN ('collected', 'canceled')
    RETURNING order_id"""
OVERDUE = """UPDATE pickup SET status = 'overdue', reminded_at = $2 WHERE order_id = $1 AND status = 'arrived'
    AND arrived_at + make_interval(days => overdue_days) <= $2 RETURNING order_id"""
REMIND = """UPDATE pickup SET reminded_at = $2 WHERE order_id = $1 AND status IN ('arrived', 'overdue')
    AND (reminded_at IS NULL OR reminded_at <= $3) RETURNING order_id"""


async def arrive(order_ids: Sequence[UUID], *, actor: str) -> list[UUID]:
    """It lies at the point. Answers those that did not before."""
    return await _move(ARRIVE, "arrived", actor, list(order_ids), now())


async def collect(order_id: UUID, *, actor: str) -> bool:
    """Handed out. False when it was before, or was called off."""
    return bool(await _move(COLLECT, "collected", actor, order_id, now(), actor))


async def undo(order_id: UUID, *, actor: str) -> bool:
    """It was not handed out after all. False when that is too long ago, or never was."""
    return bool(await _move(UNDONE, "undone", actor, order_id, now() - UNDO))


async def complete(order_id: UUID) -> bool:
    """Nobody took it back in time: it counts as received. Once."""
    return bool(await _move(COMPLETE, "completed", "system", order_id, now(), now() - UNDO))


async def cancel(order_id: UUID) -> None:
    """The order fell away."""
    await _move(CANCEL, "canceled", "system", order_id)


async def lapse(order_id: UUID) -> bool:
    """Nobody came in time. Once."""
    return bool(await _move(OVERDUE, "overdue", "system", order_id, now()))


async def remind(order_id: UUID, *, actor: str, not_since: datetime) -> bool:
    """Somebody is asked to come, unless that was done lately."""
    return bool(await _move(REMIND, "reminded", actor, order_id, now(), not_since))


async def _move(statement: str, cause: str, actor: str, *values: object) -> list[UUID]:
    moved = [row["order_id"] for row in await tenants.connection().fetch(statement, *values)]
    for order_id in moved:
        await tenants.connection().execute(
            "INSERT INTO pickup_event (id, order_id, cause, actor, at) VALUES ($1, $2, $3, $4, $5)",
            new_id(), order_id, cause, actor, now(),
        )  # fmt: skip
    return moved
