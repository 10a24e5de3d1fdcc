"""Reads of the fulfillment board: lanes of batches, warehouses and how they do, what can be filtered by.

However many work orders there are, the board is the same few statements: batches are added up where the rows are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import fulfillment
from app.kernel.clock import now

PER_LANE = 30
LANES = ("waiting", "pushed", "picking", "shipped", "exceptions")
IN_PEACE = "work.status_reason IN ('group_buying.waits', 'group_buying.by_leader', 'held.cooling')"
# One place says in which lane a work order stands; what was shipped before today stands in none.
LANE = f"""CASE
    WHEN {IN_PEACE} OR work.status IN ('scheduled', 'open') THEN 'waiting'
    WHEN work.status = 'submitted' OR work.status = 'accepted' AND work.picked = 0 AND work.packed_at IS NULL
        THEN 'pushed'
    WHEN work.status = 'accepted' THEN 'picking'
    WHEN work.status = 'closed' THEN 'shipped' ELSE 'exceptions' END"""
FILTERED = f"""
SELECT work.id, work.order_id, work.reference, work.batch, work.warehouse, work.status, work.status_reason, work.picked,
    work.packed_at, work.created_at, work.submitted_at, work.accepted_at, work.updated_at, work.ship_by,
    work.submitted_at IS NULL AND work.status IN ('scheduled', 'open') AND NOT {IN_PEACE} AS may_go, {LANE} AS lane
FROM fulfillment_order AS work LEFT JOIN fulfillment_batch AS batch ON batch.id = work.batch
WHERE work.status <> 'canceled' AND (work.status <> 'closed' OR work.updated_at >= $1)
    AND ($2::uuid IS NULL OR work.warehouse = $2) AND ($3::uuid IS NULL OR batch.campaign = $3)
    AND ($4::uuid IS NULL OR batch.leader = $4) AND ($5::date IS NULL OR batch.day = $5)
    AND ($6 = '' OR batch.title ILIKE '%' || $6 || '%' ESCAPE '\\')
    AND CASE $7 WHEN 'late' THEN work.ship_by <= $8 WHEN 'today' THEN work.ship_by <= $9 ELSE true END
"""  # noqa: S608 - constants only
CARDS = f"""
WITH work AS ({FILTERED}), units AS (
    SELECT line.fulfillment_order, sum(line.quantity) AS pieces FROM fulfillment_order_line AS line
    JOIN work ON work.id = line.fulfillment_order GROUP BY line.fulfillment_order
), cards AS (
    SELECT lane, coalesce(batch, id) AS card, (array_agg(batch))[1] AS batch, (array_agg(warehouse))[1] AS warehouse,
        (array_agg(order_id ORDER BY reference))[1] AS first_order, min(reference) AS reference, count(*) AS orders,
        coalesce(sum(pieces), 0)::bigint AS pieces, coalesce(sum(least(picked, pieces)), 0)::bigint AS picked,
        count(*) FILTER (WHERE may_go) AS may_go, min(ship_by) AS ship_by, min(created_at) AS created_at,
        max(submitted_at) AS submitted_at, max(accepted_at) AS accepted_at, max(updated_at) AS updated_at,
        mode() WITHIN GROUP (ORDER BY status) AS status, mode() WITHIN GROUP (ORDER BY status_reason) AS status_reason
    FROM work LEFT JOIN units ON units.fulfillment_order = work.id GROUP BY lane, coalesce(batch, id)
), placed AS (
    SELECT cards.*, row_number() OVER (PARTITION BY lane ORDER BY CASE WHEN lane = 'shipped' THEN NULL ELSE ship_by END,
        CASE WHEN lane = 'shipped' THEN updated_at END DESC, created_at, card) AS place,
        count(*) OVER (PARTITION BY lane) AS lane_cards, sum(orders) OVER (PARTITION BY lane) AS lane_orders
    FROM cards
)
SELECT placed.*, batch.day, batch.place AS number, coalesce(batch.title, goods.title) AS title,
    coalesce(nullif(batch.image_key, ''), goods.image_key, '') AS image_key, place.name AS warehouse_name,
    campaign.title AS campaign_title, leader.name AS leader_name, orders.number AS order_number,
    (SELECT coalesce(max(post.attempts), 0) FROM outbox AS post JOIN fulfillment_order AS work
        ON post.dedupe_key = 'push:' || work.id WHERE coalesce(work.batch, work.id) = placed.card
        AND placed.lane = 'pushed' AND work.status = 'submitted' AND post.status IN ('due', 'running')) AS attempts
FROM placed JOIN warehouse AS place ON place.id = placed.warehouse JOIN orders ON orders.id = placed.first_order
LEFT JOIN fulfillment_batch AS batch ON batch.id = placed.batch
LEFT JOIN campaign ON campaign.id = batch.campaign LEFT JOIN promoter AS leader ON leader.id = batch.leader
LEFT JOIN LATERAL (SELECT line.title, line.image_key FROM order_line AS line WHERE line.order_id = placed.first_order
    AND batch.id IS NULL ORDER BY line.line_number LIMIT 1) AS goods ON true
WHERE placed.place <= {PER_LANE} ORDER BY placed.lane, placed.place
"""  # noqa: S608 - constants only
# Today's pushes, how long a warehouse takes to say yes, how long it takes to ship, and what stands before its door.
HUBS = """
SELECT place.id, place.name, place.status,
    count(work.id) FILTER (WHERE work.submitted_at >= $1) AS pushed,
    extract(epoch FROM avg(work.accepted_at - work.submitted_at) FILTER (WHERE work.submitted_at >= $1))::float8
        AS answer_s,
    extract(epoch FROM avg(work.updated_at - work.accepted_at) FILTER (WHERE work.status = 'closed'))::float8 AS ship_s,
    count(work.id) FILTER (WHERE work.status IN ('open', 'submitted')) AS queue
FROM warehouse AS place LEFT JOIN fulfillment_order AS work ON work.warehouse = place.id
    AND (work.updated_at >= $1::timestamptz - interval '7 days' OR work.status IN ('open', 'submitted'))
GROUP BY place.id, place.name, place.status
"""
CHOICES = """
SELECT DISTINCT 'campaign' AS what, campaign.id, campaign.title AS name FROM fulfillment_batch AS batch
JOIN campaign ON campaign.id = batch.campaign WHERE batch.day >= $1
UNION SELECT DISTINCT 'leader', promoter.id, promoter.name FROM fulfillment_batch AS batch
JOIN promoter ON promoter.id = batch.leader WHERE batch.day >= $1 ORDER BY 1, 3 LIMIT 200
"""
ROWS = f"""
WITH work AS ({FILTERED})
SELECT work.*, orders.number, orders.ship_to ->> 'recipient' AS recipient, orders.ship_to ->> 'city' AS city,
    place.name AS warehouse_name, (SELECT coalesce(sum(line.quantity), 0) FROM fulfillment_order_line AS line
        WHERE line.fulfillment_order = work.id)::bigint AS pieces
FROM work JOIN orders ON orders.id = work.order_id JOIN warehouse AS place ON place.id = work.warehouse
WHERE coalesce(work.batch, work.id) = $10 ORDER BY work.lane, work.reference LIMIT 500
"""  # noqa: S608 - constants only
CHOSEN = f"""
WITH work AS ({FILTERED})
SELECT id FROM work WHERE lane || ':' || coalesce(batch, id) = ANY($10::text[]) ORDER BY reference LIMIT 1000
"""  # noqa: S608 - constants only


@dataclass(frozen=True, slots=True)
class Sieve:
    """What the board is narrowed to."""

    warehouse: UUID | None = None
    campaign: UUID | None = None
    leader: UUID | None = None
    day: date | None = None
    product: str = ""
    sla: str = ""

    def values(self) -> tuple[Any, ...]:
        product = self.product.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return (
            start_of_day(), self.warehouse, self.campaign, self.leader, self.day, product, self.sla, now(),
            start_of_day() + timedelta(days=1),
        )  # fmt: skip


def start_of_day() -> datetime:
    here = ZoneInfo(tenants.current().time_zone)
    return datetime.combine(now().astimezone(here).date(), time(), here)


async def lanes(sieve: Sieve) -> dict[str, dict[str, Any]]:
    """Each lane with its first cards, how many cards and how many orders it has."""
    rows = [dict(row) for row in await tenants.connection().fetch(CARDS, *sieve.values())]
    found: dict[str, dict[str, Any]] = {lane: {"cards": [], "count": 0, "orders": 0} for lane in LANES}
    for row in rows:
        lane = found[row["lane"]]
        lane["cards"].append(row | {"code": code_of(row)})
        lane["count"], lane["orders"] = row["lane_cards"], int(row["lane_orders"])
    return found


def expected(found: dict[str, dict[str, Any]], places: Mapping[UUID, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is being picked is ready about as long after it was accepted as this warehouse needed lately."""
    for card in found["picking"]["cards"]:
        usual = places[card["warehouse"]]["ship_s"]
        card["expected_at"] = card["accepted_at"] + timedelta(seconds=usual) if usual else None
    return found


def code_of(row: Mapping[str, Any]) -> str:
    """A batch by its number; a work order that is in none by its reference."""
    return fulfillment.batch_number(row["day"], row["number"]) if row["day"] else row["reference"]


async def hubs() -> dict[UUID, Mapping[str, Any]]:
    return {row["id"]: dict(row) for row in await tenants.connection().fetch(HUBS, start_of_day())}


async def choices() -> dict[str, list[tuple[UUID, str]]]:
    """Campaigns and leaders of the last weeks, to filter by."""
    rows = await tenants.connection().fetch(CHOICES, (start_of_day() - timedelta(days=30)).date())
    return {what: [(row["id"], row["name"]) for row in rows if row["what"] == what] for what in ("campaign", "leader")}


async def work_of(card: UUID, sieve: Sieve) -> list[Mapping[str, Any]]:
    """The work orders of one batch, or the one that is in none."""
    return [dict(row) for row in await tenants.connection().fetch(ROWS, *sieve.values(), card)]


async def chosen_work(cards: list[str]) -> list[UUID]:
    """The work orders behind chosen cards, each written as `lane:card`."""
    return [row["id"] for row in await tenants.connection().fetch(CHOSEN, *Sieve().values(), cards)]


async def references(work_orders: list[UUID]) -> dict[UUID, str]:
    rows = await tenants.connection().fetch(
        "SELECT id, reference FROM fulfillment_order WHERE id = ANY($1::uuid[])", work_orders
    )
    return {row["id"]: row["reference"] for row in rows}
