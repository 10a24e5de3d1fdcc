"""Who stands above whom: at most a few steps, never in a circle, every move dated and with its reason.

`promoter_lineage` is the closure as it stands now; its CHECKs refuse a circle (nobody is above themselves) and a fourth
step, whoever writes. `promoter_move` says who stood where at any time. Standing above somebody earns nothing by itself:
only a plan's shares of sales do, and no plan may pay for recruiting (domain.md 3.4, CG-1 and CG-4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound, Refusal
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.promoters.policy import hold_policy


class Circle(Refusal):
    """Somebody would stand above themselves."""

    code = "promoters.circle"
    message = "This person already stands below the one you want to move. Nobody can be above themselves."


class TooDeep(Refusal):
    """The store allows fewer steps than this move would make."""

    code = "promoters.too_deep"
    message = "This would make more steps than your store allows. Choose somebody further up."


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """From `at` on `promoter` stands below `parent`, or below nobody."""

    promoter: UUID
    parent: UUID | None
    parent_name: str
    actor: str
    reason: str
    at: datetime


class Below(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who stands `depth` steps below."""

    id: UUID
    name: str
    status: str
    depth: int
    below: UUID


ABOVE = """
WITH RECURSIVE above (promoter, depth) AS (
    SELECT $1::uuid, 0
    UNION ALL
    SELECT latest.parent, above.depth + 1 FROM above JOIN LATERAL (
        SELECT parent FROM promoter_move WHERE promoter = above.promoter AND at <= $2 ORDER BY at DESC, id DESC LIMIT 1
    ) AS latest ON latest.parent IS NOT NULL WHERE above.depth < 3
)
SELECT promoter FROM above WHERE depth > 0 ORDER BY depth
"""
LEAVE = """
DELETE FROM promoter_lineage WHERE lower IN
    (SELECT $1::uuid UNION ALL SELECT lower FROM promoter_lineage WHERE upper = $1)
    AND upper IN (SELECT upper FROM promoter_lineage WHERE lower = $1)
"""
JOIN = """
INSERT INTO promoter_lineage (id, upper, lower, depth)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[])
"""
BELOW = """
SELECT promoter.id, promoter.name, promoter.status, line.depth, direct.upper AS below
FROM promoter_lineage AS line JOIN promoter ON promoter.id = line.lower
JOIN promoter_lineage AS direct ON direct.lower = line.lower AND direct.depth = 1
WHERE line.upper = $1 ORDER BY line.depth, promoter.name, promoter.id LIMIT 500
"""
MOVES = """
SELECT move.promoter, move.parent, coalesce(parent.name, '') AS parent_name, move.actor, move.reason, move.at
FROM promoter_move AS move LEFT JOIN promoter AS parent ON parent.id = move.parent
WHERE move.promoter = $1 ORDER BY move.at DESC, move.id DESC LIMIT 50
"""


async def uplines_of(promoter_id: UUID, at: datetime | None = None) -> list[UUID]:
    """Who stood above at that moment, the parent first; at most three."""
    rows = await tenants.connection().fetch(ABOVE, promoter_id, at or now())
    return [row["promoter"] for row in rows]


async def below(promoter_id: UUID) -> list[Below]:
    """Everybody who stands below now, nearest first."""
    return [Below(**row) for row in await tenants.connection().fetch(BELOW, promoter_id)]


async def moves_of(promoter_id: UUID) -> list[Move]:
    """Newest first."""
    return [Move(**row) for row in await tenants.connection().fetch(MOVES, promoter_id)]


async def depth_histogram() -> Mapping[int, int]:
    """How many promoters have how many people above them; those with nobody are under 0."""
    rows = await tenants.connection().fetch(
        "SELECT deepest, count(*) AS people FROM (SELECT promoter.id, coalesce(max(line.depth), 0) AS deepest"
        " FROM promoter LEFT JOIN promoter_lineage AS line ON line.lower = promoter.id"
        " WHERE promoter.status = 'approved' GROUP BY promoter.id) AS each GROUP BY deepest ORDER BY deepest"
    )
    return {row["deepest"]: row["people"] for row in rows}


async def move(promoter_id: UUID, parent: UUID | None, *, actor: str, reason: str) -> None:
    """From now on `promoter_id`, and whoever is below, stands below `parent`; nobody: at the top.

    Moves of a store take turns, because two that are each right could make a circle together. The closure is shallow,
    so all its pairs are written anew. Raises InvalidInput, NotFound, Circle, TooDeep.
    """
    if not reason.strip():
        raise InvalidInput({"reason": N_("Say why, in a few words. It stays in the history.")})
    policy = await hold_policy()
    if await _parent_of(promoter_id) == parent:
        return
    await tenants.connection().execute(LEAVE, promoter_id)
    if parent is not None:
        await _stand_below(promoter_id, parent, policy.lineage_depth)
    try:
        await tenants.connection().execute(
            "INSERT INTO promoter_move (id, promoter, parent, actor, reason, at) VALUES ($1, $2, $3, $4, $5, $6)",
            new_id(), promoter_id, parent, actor, reason.strip()[:300], now(),
        )  # fmt: skip
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound from error


async def _stand_below(promoter_id: UUID, parent: UUID, most: int) -> None:
    uppers = [(parent, 0), *await _pairs("upper", "lower", parent)]
    lowers = [(promoter_id, 0), *await _pairs("lower", "upper", promoter_id)]
    pairs = [(upper, lower, up + down + 1) for upper, up in uppers for lower, down in lowers]
    if any(upper == lower for upper, lower, _depth in pairs):
        raise Circle
    if max(depth for *_ends, depth in pairs) > most:
        raise TooDeep
    try:
        await tenants.connection().execute(
            JOIN, [new_id() for _ in pairs], [pair[0] for pair in pairs], [pair[1] for pair in pairs],
            [pair[2] for pair in pairs],
        )  # fmt: skip
    except asyncpg.ForeignKeyViolationError as error:
        raise NotFound from error


async def _parent_of(promoter_id: UUID) -> UUID | None:
    found: UUID | None = await tenants.connection().fetchval(
        "SELECT upper FROM promoter_lineage WHERE lower = $1 AND depth = 1", promoter_id
    )
    return found


async def _pairs(wanted: str, known: str, promoter_id: UUID) -> Sequence[tuple[UUID, int]]:
    rows = await tenants.connection().fetch(
        f"SELECT {wanted}, depth FROM promoter_lineage WHERE {known} = $1",  # noqa: S608 - two words of ours
        promoter_id,
    )
    return [(row[wanted], row["depth"]) for row in rows]
