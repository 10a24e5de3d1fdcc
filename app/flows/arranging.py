"""Steps inside an open transaction, not a journey: work orders get their batch and the promise by when they leave.

Whoever plans work orders calls it at once; the clock finds those that slipped through. Where a campaign named a day,
everything of it is due by the end of that day, also what waits for its group. Else the store's usual hours count, and
what waits in peace is promised nothing yet: its hours begin when it may go.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Record

import tenants
from app import fulfillment
from app.fulfillment import Alike, Terms
from app.kernel.clock import now

PER_LOOK = 500
UNARRANGED = """
SELECT work.id, work.warehouse, work.batch, work.created_at, work.released_at, orders.campaign, orders.paid_at,
    orders.placed_at, coalesce(participation.leader, campaign.leader) AS leader,
    campaign.terms->>'ships_by' AS ships_by,
    CASE campaign.kind WHEN 'presale' THEN presale_order.ships_at END AS ships_at,
    work.status = 'on_hold' AND work.status_reason IN ('group_buying.waits', 'group_buying.by_leader') AS in_peace,
    goods.variants, goods.title, goods.image_key
FROM fulfillment_order AS work
JOIN orders ON orders.id = work.order_id
LEFT JOIN campaign ON campaign.id = orders.campaign
LEFT JOIN participation ON participation.order_id = orders.id
LEFT JOIN presale_order ON presale_order.order_id = orders.id
JOIN LATERAL (
    SELECT array_agg(line.variant) AS variants, (array_agg(line.title ORDER BY line.line_number))[1] AS title,
        (array_agg(line.image_key ORDER BY line.line_number))[1] AS image_key
    FROM fulfillment_order_line AS wanted JOIN order_line AS line ON line.id = wanted.order_line
    WHERE wanted.fulfillment_order = work.id
) AS goods ON true
WHERE (work.batch IS NULL OR work.ship_by IS NULL) AND work.status NOT IN ('closed', 'canceled')
    AND ($1::uuid IS NULL OR work.order_id = $1)
    AND NOT (work.batch IS NOT NULL AND work.status = 'on_hold'
        AND work.status_reason IN ('group_buying.waits', 'group_buying.by_leader'))
ORDER BY work.created_at, work.id LIMIT $2
"""


async def arrange(order_id: UUID | None = None) -> int:
    """The work orders of one order, or the oldest of all. How many were arranged."""
    rows = await tenants.connection().fetch(UNARRANGED, order_id, PER_LOOK)
    if not rows:
        return 0
    terms, zone = await fulfillment.shipping_terms(), tenants.current().time_zone
    batches = await _batches(rows, zone)
    await fulfillment.arrange(
        [(row["id"], row["batch"] or batches[row["id"]], _promise(row, terms, zone)) for row in rows]
    )
    return len(rows)


async def _batches(rows: Iterable[Record], zone: str) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    known: dict[tuple[str, str], UUID] = {}
    for row in rows:
        if row["batch"]:
            continue
        day = row["created_at"].astimezone(ZoneInfo(zone)).date()
        alike = Alike(
            row["warehouse"], row["campaign"], row["leader"], tuple(row["variants"] or ()), row["title"] or "",
            row["image_key"] or "",
        )  # fmt: skip
        place = (day.isoformat(), alike.sort)
        if place not in known:
            known[place] = await fulfillment.batch_of(alike, day)
        found[row["id"]] = known[place]
    return found


def _promise(row: Record, terms: Terms, zone: str) -> datetime | None:
    """By the campaign's day, unless it was over before the order was paid; else by the usual hours."""
    paid_at: datetime = row["paid_at"] or row["placed_at"] or now()
    day = _promised_day(row, zone)
    due_at = fulfillment.end_of(day, zone) if day else None
    if due_at and paid_at < (row["ships_at"] or due_at):
        return due_at
    if row["in_peace"]:
        return None
    free_at = max(paid_at, row["released_at"] or paid_at) if row["campaign"] else paid_at
    return fulfillment.ship_by(free_at, terms, zone)


def _promised_day(row: Record, zone: str) -> date | None:
    """A pre-sale promised a moment from which it ships; it leaves on that day."""
    if row["ships_at"]:
        moment: datetime = row["ships_at"]
        return moment.astimezone(ZoneInfo(zone)).date()
    return date.fromisoformat(row["ships_by"]) if row["ships_by"] else None
