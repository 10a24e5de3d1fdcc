"""Batches: what one campaign sends to one point, decided once at the cut-off."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and how far it is now."""

    id: UUID
    campaign: UUID
    campaign_title: str
    point: UUID
    point_name: str
    leader: UUID
    verdict: str
    orders: int
    units: int
    amount: int
    decided_at: datetime
    arrived_at: datetime | None
    waiting: int
    arrived: int
    collected: int
    overdue: int


class Waiting(msgspec.Struct, frozen=True):
    """What is paid and waits for the cut-off at one point."""

    point: UUID
    orders: list[UUID]
    units: int
    amount: int


WAITING = """
SELECT pickup.point, array_agg(one.order_id ORDER BY one.sequence_number) AS orders, sum(one.units)::bigint AS units,
    sum(paid.goods_amount - paid.discount_amount)::bigint AS amount
FROM participation AS one JOIN pickup ON pickup.order_id = one.order_id JOIN orders AS paid ON paid.id = one.order_id
WHERE one.campaign = $1 AND one.status = 'taken' GROUP BY pickup.point ORDER BY pickup.point
"""
DECIDE = """INSERT INTO pickup_batch (id, campaign, point, verdict, orders, units, amount, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (campaign, point) DO NOTHING"""
READ = """
SELECT batch.id, batch.campaign, campaign.title AS campaign_title, batch.point, point.name AS point_name, point.leader,
    batch.verdict, batch.orders, batch.units, batch.amount, batch.decided_at, batch.arrived_at,
    state.waiting, state.arrived, state.collected, state.overdue
FROM pickup_batch AS batch JOIN campaign ON campaign.id = batch.campaign
JOIN pickup_point AS point ON point.id = batch.point
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE pickup.status = 'waiting') AS waiting,
        count(*) FILTER (WHERE pickup.status = 'arrived') AS arrived,
        count(*) FILTER (WHERE pickup.status = 'collected') AS collected,
        count(*) FILTER (WHERE pickup.status = 'overdue') AS overdue
    FROM pickup JOIN participation AS one ON one.order_id = pickup.order_id AND one.status = 'confirmed'
    WHERE pickup.campaign = batch.campaign AND pickup.point = batch.point
) AS state
"""
OF_LEADER = f"""{READ} WHERE point.leader = $1 AND batch.verdict = 'confirmed'
ORDER BY (state.waiting + state.arrived + state.overdue > 0) DESC, batch.decided_at DESC, batch.id LIMIT 30"""
OF_CAMPAIGN = f"{READ} WHERE batch.campaign = $1 ORDER BY point.name, batch.id"
ONE = f"{READ} WHERE batch.id = $1"


async def waiting_of(campaign: UUID) -> list[Waiting]:
    return [Waiting(**row) for row in await tenants.connection().fetch(WAITING, campaign)]


async def decide(campaign: UUID, waiting: Waiting, verdict: str) -> None:
    """Write down what the point's orders come to and what becomes of them. The first decision stands."""
    await tenants.connection().execute(
        DECIDE, new_id(), campaign, waiting.point, verdict, len(waiting.orders), waiting.units, waiting.amount, now()
    )


async def verdicts_of(campaign: UUID) -> dict[UUID, str]:
    rows = await tenants.connection().fetch("SELECT point, verdict FROM pickup_batch WHERE campaign = $1", campaign)
    return {row["point"]: row["verdict"] for row in rows}


async def batches_of_leader(leader: UUID) -> list[Batch]:
    """What still has something to hand out first."""
    return [Batch(**row) for row in await tenants.connection().fetch(OF_LEADER, leader)]


async def batches_of(campaign: UUID) -> list[Batch]:
    return [Batch(**row) for row in await tenants.connection().fetch(OF_CAMPAIGN, campaign)]


async def find_batch(batch_id: UUID) -> Batch:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(ONE, batch_id)
    if row is None:
        raise NotFound
    return Batch(**row)


ORDERS = """SELECT pickup.order_id FROM pickup JOIN participation AS one ON one.order_id = pickup.order_id
WHERE pickup.campaign = $1 AND pickup.point = $2 AND one.status = 'confirmed' AND pickup.status = ANY($3)
ORDER BY one.sequence_number"""


async def orders_of(batch: Batch, *statuses: str) -> list[UUID]:
    rows = await tenants.connection().fetch(ORDERS, batch.campaign, batch.point, list(statuses))
    return [row["order_id"] for row in rows]


async def note_arrival(batch_id: UUID, *, by: str) -> None:
    await tenants.connection().execute(
        "UPDATE pickup_batch SET arrived_at = $2, arrived_by = $3 WHERE id = $1 AND arrived_at IS NULL",
        batch_id, now(), by,
    )  # fmt: skip
