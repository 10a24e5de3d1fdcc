"""Levels of promoters, by own net sales alone: never by how many people somebody brought (domain.md 3.4, CG-5)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """Reached with own net sales of `from_net_amount` within the store's window; a higher rank is better."""

    id: UUID
    name: str
    rank: int
    from_net_amount: int


class LevelChange(msgspec.Struct, frozen=True, kw_only=True):
    """From `at` on the promoter had this level; `net_amount` are the sales it was given for, if it was."""

    level: str
    net_amount: int | None
    actor: str
    reason: str
    at: datetime


SAVE = """
INSERT INTO promoter_level (id, name, rank, from_net_amount, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, rank = EXCLUDED.rank, from_net_amount = EXCLUDED.from_net_amount
"""
CHANGES = """
SELECT coalesce(level.name, '') AS level, change.net_amount, change.actor, change.reason, change.at
FROM promoter_level_change AS change LEFT JOIN promoter_level AS level ON level.id = change.level
WHERE change.promoter = $1 ORDER BY change.at DESC, change.id DESC LIMIT 50
"""
LEVEL_AT = """
SELECT level FROM promoter_level_change WHERE promoter = $1 AND at <= $2 ORDER BY at DESC, id DESC LIMIT 1
"""


async def levels() -> list[Level]:
    """Lowest first."""
    rows = await tenants.connection().fetch("SELECT id, name, rank, from_net_amount FROM promoter_level ORDER BY rank")
    return [Level(**row) for row in rows]


async def save_level(level: Level) -> None:
    """Raises InvalidInput."""
    wrong: dict[str, str] = {}
    if not 1 <= len(level.name.strip()) <= 40:
        wrong["name"] = N_("Enter a name of up to 40 characters.")
    if not 1 <= level.rank <= 20:
        wrong["rank"] = N_("The rank is between 1 and 20.")
    if level.from_net_amount < 0:
        wrong["from_net"] = N_("Sales are not below zero.")
    if wrong:
        raise InvalidInput(wrong)
    try:
        await tenants.connection().execute(SAVE, level.id, level.name.strip(), level.rank, level.from_net_amount, now())
    except asyncpg.UniqueViolationError as error:
        raise InvalidInput({"rank": N_("Another level has this rank.")}) from error


async def remove_level(level_id: UUID) -> None:
    """Raises NotFound; InvalidInput while somebody has it, or had it: the history stays readable."""
    try:
        removed = await tenants.connection().fetchval(
            "DELETE FROM promoter_level WHERE id = $1 RETURNING true", level_id
        )
    except asyncpg.ForeignKeyViolationError as error:
        raise InvalidInput({"level": N_("Somebody has or had this level, so it stays.")}) from error
    if not removed:
        raise NotFound


async def set_level(
    promoter_id: UUID, level: UUID | None, *, actor: str, reason: str = "", net_amount: int | None = None
) -> bool:
    """From now on. False when it is so already. Raises NotFound."""
    changed = await tenants.connection().fetchval(
        "UPDATE promoter SET level = $2 WHERE id = $1 AND level IS DISTINCT FROM $2 RETURNING true", promoter_id, level
    )
    if not changed:
        if not await tenants.connection().fetchval("SELECT true FROM promoter WHERE id = $1", promoter_id):
            raise NotFound
        return False
    await tenants.connection().execute(
        "INSERT INTO promoter_level_change (id, promoter, level, net_amount, actor, reason, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new_id(), promoter_id, level, net_amount, actor, reason, now(),
    )  # fmt: skip
    return True


async def fix_level(promoter_id: UUID, fixed: bool) -> None:
    """Whether the level stays whatever somebody sells."""
    await tenants.connection().execute("UPDATE promoter SET level_is_fixed = $2 WHERE id = $1", promoter_id, fixed)


async def level_at(promoter_id: UUID, at: datetime) -> UUID | None:
    """The level somebody had at that moment."""
    found: UUID | None = await tenants.connection().fetchval(LEVEL_AT, promoter_id, at)
    return found


async def level_changes(promoter_id: UUID) -> list[LevelChange]:
    """Newest first."""
    return [LevelChange(**row) for row in await tenants.connection().fetch(CHANGES, promoter_id)]


def level_for(net_amount: int, ladder: list[Level]) -> Level | None:
    """The best level that these sales reach; `ladder` is lowest first."""
    reached = [level for level in ladder if net_amount >= level.from_net_amount]
    return max(reached, key=lambda level: level.rank, default=None)
