"""Looking at the traffic of all links lately, and what was found of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.links.traffic import FEWEST, Sign, Traffic, level_of, score_of, signs_of

LATELY = timedelta(days=7)
# A month's part is left out by the ids alone. Before the first click that was followed by a page nobody noted pages.
_LATELY = """
WITH lately AS MATERIALIZED (
    SELECT link, visitor_id, clicked_at, qualifies, counted, reason, address_hash, seen_at FROM click
    WHERE id >= $1 AND clicked_at > $2 AND folded_at IS NOT NULL
), noted AS (SELECT min(seen_at) AS since FROM lately),
sums AS (
    SELECT link, count(*) AS arrivals,
        count(*) FILTER (WHERE reason NOT IN ('', 'paused', 'promoter_not_approved')) AS screened,
        count(*) FILTER (WHERE qualifies AND NOT counted) AS repeats,
        count(DISTINCT visitor_id) FILTER (WHERE counted AND clicked_at >= noted.since) AS visitors,
        count(DISTINCT visitor_id) FILTER (WHERE seen_at IS NOT NULL) AS seen
    FROM lately CROSS JOIN noted GROUP BY link HAVING count(*) >= $3
), minutes AS (
    SELECT link, max(clicks) AS most FROM (SELECT link, count(*) AS clicks FROM lately
        GROUP BY link, date_trunc('minute', clicked_at)) AS minute GROUP BY link
), addresses AS (
    SELECT link, max(clicks) AS most FROM (SELECT link, count(*) AS clicks FROM lately
        GROUP BY link, address_hash) AS address GROUP BY link
)
SELECT sums.link, sums.arrivals, sums.screened, sums.repeats, greatest(sums.visitors, sums.seen) AS visitors, sums.seen,
    minutes.most AS busiest_minute, addresses.most AS from_one_address
FROM sums JOIN minutes ON minutes.link = sums.link JOIN addresses ON addresses.link = sums.link
"""


class Risk(msgspec.Struct, frozen=True):
    """What was found of one link's traffic when it was looked at last."""

    link: UUID
    score: int
    arrivals: int
    signs: tuple[Sign, ...]
    looked_at: datetime

    @property
    def level(self) -> str:
        return level_of(self.score)


async def came_lately() -> bool:
    """Whether there is anything to look at, or something old to take away."""
    found: bool = await tenants.connection().fetchval(
        "SELECT EXISTS (SELECT 1 FROM link_hour WHERE hour > $1) OR EXISTS (SELECT 1 FROM link_risk)", now() - LATELY
    )
    return found


async def look_at_traffic() -> int:
    """Score every link through which enough came in the last days; how many. What was found before is replaced."""
    moment = now()
    oldest = UUID(int=int((moment - LATELY - timedelta(days=1)).timestamp() * 1000) << 80)
    rows = await tenants.connection().fetch(_LATELY, oldest, moment - LATELY, FEWEST)
    found = []
    for row in sorted(rows, key=lambda one: one["link"]):
        signs = signs_of(Traffic(*list(row.values())[1:]))
        found.append((row["link"], score_of(signs), row["arrivals"], msgspec.json.encode(signs).decode(), moment))
    await tenants.connection().executemany(
        "INSERT INTO link_risk (link, score, arrivals, signs, looked_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (link) DO UPDATE SET score = excluded.score, arrivals = excluded.arrivals,"
        " signs = excluded.signs, looked_at = excluded.looked_at",
        found,
    )
    await tenants.connection().execute("DELETE FROM link_risk WHERE looked_at < $1", moment)
    return len(found)


async def risks_of(link_ids: Sequence[UUID]) -> dict[UUID, Risk]:
    """Links through which too little came are not among them."""
    rows = await tenants.connection().fetch(
        "SELECT link, score, arrivals, signs, looked_at FROM link_risk WHERE link = ANY($1::uuid[])", list(link_ids)
    )
    return {
        row["link"]: Risk(
            row["link"], row["score"], row["arrivals"],
            msgspec.json.decode(row["signs"], type=tuple[Sign, ...]), row["looked_at"],
        )
        for row in rows
    }  # fmt: skip


async def note_page_seen(click_id: UUID, visitor_id: UUID) -> bool:
    """A page of the store was opened by the visitor whose click it was; whether the click is there at all."""
    return bool(
        await tenants.connection().fetchval(
            "UPDATE click SET seen_at = coalesce(seen_at, $3) WHERE id = $1 AND visitor_id = $2 RETURNING true",
            click_id, visitor_id, now(),
        )
    )  # fmt: skip
