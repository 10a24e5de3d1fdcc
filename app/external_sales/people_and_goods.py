"""Who the people and goods of a platform are among ours: said once by the merchant, and good for every line since."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id


class Sharer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody a platform names, and how many lines wait for an answer who it is."""

    id: UUID
    platform: str
    outside_id: str
    name: str
    promoter: UUID | None
    promoter_name: str
    mapped_by: str
    mapped_at: datetime | None
    lines: int


class Unmatched(msgspec.Struct, frozen=True, kw_only=True):
    """A code no goods of ours have."""

    platform: str
    sku_code: str
    title: str
    lines: int


_SHARERS = """
SELECT s.id, s.platform, s.outside_id, s.name, s.promoter, coalesce(p.name, '') AS promoter_name, s.mapped_by,
    s.mapped_at, (SELECT count(*) FROM external_line l WHERE l.platform = s.platform AND l.sharer = s.outside_id)
    AS lines
FROM external_sharer s LEFT JOIN promoter p ON p.id = s.promoter WHERE s.platform <> 'cps'
ORDER BY (s.promoter IS NOT NULL), s.first_seen_at DESC, s.id LIMIT $1
"""
_UNMATCHED = """
SELECT platform, sku_code, max(title) AS title, count(*) AS lines FROM external_line
WHERE variant IS NULL AND offer IS NULL GROUP BY platform, sku_code ORDER BY count(*) DESC, platform, sku_code LIMIT $1
"""


async def sharers(most: int = 200) -> list[Sharer]:
    """Those nobody knows yet first."""
    return [Sharer(**row) for row in await tenants.connection().fetch(_SHARERS, most)]


async def unmatched(most: int = 200) -> list[Unmatched]:
    return [Unmatched(**row) for row in await tenants.connection().fetch(_UNMATCHED, most)]


async def promoter_behind(platform: str, outside_id: str) -> UUID | None:
    known: UUID | None = await tenants.connection().fetchval(
        "SELECT promoter FROM external_sharer WHERE platform = $1 AND outside_id = $2", platform, outside_id
    )
    return known


async def map_sharer(sharer_id: UUID, promoter: UUID, *, by: str) -> int:
    """From now on, and for every line that named them: how many lines somebody should look at. Raises NotFound."""
    row = await tenants.connection().fetchrow(
        "UPDATE external_sharer SET promoter = $2, mapped_by = $3, mapped_at = $4 WHERE id = $1"
        " RETURNING platform, outside_id",
        sharer_id, promoter, by, now(),
    )  # fmt: skip
    if row is None:
        raise NotFound
    done: str = await tenants.connection().execute(
        "UPDATE external_line SET attend_at = $3 WHERE platform = $1 AND sharer = $2",
        row["platform"], row["outside_id"], now(),
    )  # fmt: skip
    return int(done.split()[-1])


async def match_good(platform: str, sku_code: str, variant: UUID, *, by: str) -> int:
    """The same for a code of goods; a code that was matched before moves with all its lines."""
    await tenants.connection().execute(
        "INSERT INTO external_good (id, platform, sku_code, variant, matched_by, matched_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (platform, sku_code)"
        " DO UPDATE SET variant = excluded.variant, matched_by = excluded.matched_by, matched_at = excluded.matched_at",
        new_id(), platform, sku_code, variant, by, now(),
    )  # fmt: skip
    done: str = await tenants.connection().execute(
        "UPDATE external_line SET variant = $3, attend_at = $4"
        " WHERE platform = $1 AND sku_code = $2 AND variant IS DISTINCT FROM $3",
        platform, sku_code, variant, now(),
    )  # fmt: skip
    return int(done.split()[-1])
