"""Pickup points, community campaigns and their cut-off, for tests, with good defaults."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import pickups
from app.flows.decide_attribution import decide_attribution
from app.flows.end_participation import confirm_member
from app.flows.finalize_attribution import finalize_attribution
from app.flows.place_order import Placed
from app.flows.run_campaign import close_campaign, settle_campaign
from app.group_buying import Campaign
from app.kernel.ids import new_id
from app.pickups import NewPoint, Pickup, Point
from app.promoters import Promoter
from tests import builders_campaigns as campaigns
from tests import builders_earning as earning
from workers.context import JobContext
from workers.group_buying import refund_one

ADDRESS = {"country": "CN", "region": "Jiangsu", "city": "Wuxi", "district": "Binhu", "street": "8 Lake Road"}
JOB = JobContext(new_id(), "group_buying.refund_member", 1, 12)


async def point(leader: Promoter | None = None, *, name: str = "Lake Road 8", status: str = "approved") -> Point:
    """An open point of a leader, of somebody new unless named."""
    leader = leader or await earning.promoter(name="Aunt Wang")
    new = NewPoint(name=name, contact="Aunt Wang", phone="13900001111", address=ADDRESS, opening_hours="17:00-20:00")
    async with tenants.transaction():
        return await pickups.find_point(await pickups.save_point(new, leader.id, status=status))


async def community(**facts: Any) -> Campaign:
    return await campaigns.campaign(kind="community", **facts)


async def order_at(of: Campaign, at: Point, *, paid: bool = True, **facts: Any) -> Placed:
    placed = await campaigns.join(of, choices={"point": str(at.id)}, **facts)
    if paid:
        await campaigns.pay(placed)
    return placed


async def attribute(placed: Placed) -> None:
    """What the jobs of a paid order do for its promoters."""
    await decide_attribution(placed.order_id)
    await finalize_attribution(placed.order_id)


async def cut_off(of: Campaign) -> None:
    """The time is over and every job has run."""
    await campaigns.end(of.id)
    await close_campaign(of.id)
    await settle_campaign(of.id)
    await run_jobs()
    await settle_campaign(of.id)


async def run_jobs(most: int = 1000) -> int:
    """The jobs that end participations, as a worker would run them; answers how many were left over."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT id, kind, payload->>'order_id' AS order_id, payload->>'cause' AS cause FROM outbox"
            " WHERE kind IN ('group_buying.confirm_member', 'group_buying.refund_member') AND status = 'due'"
            " ORDER BY id",
        )
    for row in rows[:most]:
        if row["cause"]:
            await refund_one(JOB, order_id=row["order_id"], cause=row["cause"])
        else:
            await confirm_member(UUID(row["order_id"]))
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE outbox SET status = 'done' WHERE id = $1", row["id"])
    return len(rows[most:])


async def pickup_of(placed: Placed) -> Pickup:
    async with tenants.transaction():
        return await pickups.find(placed.order_id)
