"""Who looked at, copied and downloaded what, and what came of it through the link they were given with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id

Kind = Literal["view", "copy", "download"]
NOTE = """
INSERT INTO material_use (id, pack, promoter, kind, version, day, times, last_at) VALUES ($1, $2, $3, $4, $5, $6, 1, $7)
ON CONFLICT (pack, promoter, kind, version, day)
DO UPDATE SET times = material_use.times + 1, last_at = excluded.last_at
"""
SEEN = """
SELECT pack, max(version) AS version FROM material_use WHERE promoter = $1 AND pack = ANY($2::uuid[]) GROUP BY pack
"""
USAGE = """
SELECT promoter.id, promoter.name,
    coalesce(sum(used.times) FILTER (WHERE used.kind = 'view'), 0)::bigint AS views,
    coalesce(sum(used.times) FILTER (WHERE used.kind = 'copy'), 0)::bigint AS copies,
    coalesce(sum(used.times) FILTER (WHERE used.kind = 'download'), 0)::bigint AS downloads,
    max(used.version) AS version, max(used.last_at) AS last_at,
    coalesce(max(tally.clicks), 0) AS clicks, coalesce(max(tally.paid_orders), 0) AS orders,
    coalesce(max(tally.gmv_amount - tally.refunded_amount), 0)::bigint AS net_amount
FROM material_use AS used JOIN promoter ON promoter.id = used.promoter
LEFT JOIN material_link AS given ON given.pack = used.pack AND given.promoter = used.promoter
LEFT JOIN link_tally AS tally ON tally.link = given.link
WHERE used.pack = $1 GROUP BY promoter.id ORDER BY net_amount DESC, views DESC, promoter.id LIMIT 200
"""
BY_DAY = """
SELECT day, coalesce(sum(times) FILTER (WHERE kind = 'view'), 0)::bigint AS views,
    coalesce(sum(times) FILTER (WHERE kind = 'copy'), 0)::bigint AS copies,
    coalesce(sum(times) FILTER (WHERE kind = 'download'), 0)::bigint AS downloads
FROM material_use WHERE pack = $1 AND day > $2 GROUP BY day ORDER BY day
"""
GIVEN = """
SELECT link.id FROM material_link AS given JOIN tracked_link AS link ON link.id = given.link AND link.status = 'active'
WHERE given.pack = $1 AND given.promoter = $2
"""
GIVE = """
INSERT INTO material_link (id, pack, promoter, link, given_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (pack, promoter) DO UPDATE SET link = excluded.link WHERE material_link.link <> excluded.link
"""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What one promoter did with a pack; `version` is the newest they saw."""

    id: UUID
    name: str
    views: int
    copies: int
    downloads: int
    version: int
    last_at: Any
    clicks: int
    orders: int
    net_amount: int


async def note_use(pack: UUID, promoter: UUID, kind: Kind, version: int, day: date) -> None:
    """`day` is the store's own."""
    await tenants.connection().execute(NOTE, new_id(), pack, promoter, kind, version, day, now())


async def seen_versions(promoter: UUID, packs: Sequence[UUID]) -> dict[UUID, int]:
    """The newest version this promoter has seen, by pack; a pack they never opened is not there."""
    rows = await tenants.connection().fetch(SEEN, promoter, list(packs))
    return {row["pack"]: row["version"] for row in rows}


async def usage_of(pack: UUID) -> list[Usage]:
    """Who sold most comes first."""
    return [Usage(**row) for row in await tenants.connection().fetch(USAGE, pack)]


async def usage_by_day(pack: UUID, after: date) -> list[dict[str, Any]]:
    return [dict(row) for row in await tenants.connection().fetch(BY_DAY, pack, after)]


async def given_link(pack: UUID, promoter: UUID) -> UUID | None:
    """The link this promoter got with the pack, unless they paused it."""
    found: UUID | None = await tenants.connection().fetchval(GIVEN, pack, promoter)
    return found


async def give_link(pack: UUID, promoter: UUID, link: UUID) -> None:
    """Remember which link went out with the pack; the same again writes nothing."""
    await tenants.connection().execute(GIVE, new_id(), pack, promoter, link, now())
