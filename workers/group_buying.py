"""Jobs of campaigns: opened and closed by the clock, settled, and one job per member when a group ends."""

from __future__ import annotations

from uuid import UUID

import structlog

import tenants
from app import group_buying
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.end_participation import confirm_member
from app.flows.run_campaign import close_campaign, open_campaign, settle_campaign
from app.flows.settle_ladder import comes_to_nothing, settle_ladder
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

log = structlog.get_logger()

OVERDUE = """
SELECT id, CASE WHEN status = 'closed' THEN 'settle' WHEN ends_at <= $1 THEN 'close' ELSE 'open' END AS step
FROM campaign WHERE status = 'closed' OR (status IN ('scheduled', 'open') AND ends_at <= $1)
    OR (status = 'scheduled' AND starts_at <= $1) LIMIT 100
"""


async def look_after_campaigns() -> None:
    """By the clock: whatever should have happened by now is asked for, if its own job was lost."""
    async with tenants.transaction():
        for row in await tenants.connection().fetch(OVERDUE, now()):
            await outbox.post(f"group_buying.{row['step']}", key=f"{row['step']}:{row['id']}", campaign_id=row["id"])


async def open_one(context: JobContext, *, campaign_id: str) -> None:
    await open_campaign(UUID(campaign_id))


async def close_one(context: JobContext, *, campaign_id: str) -> None:
    await close_campaign(UUID(campaign_id))


async def settle_one(context: JobContext, *, campaign_id: str) -> None:
    await settle_campaign(UUID(campaign_id))


async def confirm_one(context: JobContext, *, order_id: str) -> None:
    await confirm_member(UUID(order_id))


async def refund_one(context: JobContext, *, order_id: str, cause: str) -> None:
    """The group failed: this member's order is called off and paid back; the others have jobs of their own."""
    try:
        await cancel_order(UUID(order_id), actor="system", cause=cause)
    except TooLateToCancel:
        # Called off before, or it left after all: then somebody decided so, and nobody is owed anything by the group.
        log.info("group_buying.over_already", order=order_id)


async def settle_ladder_one(context: JobContext, *, order_id: str) -> None:
    """One order of a ladder that has ended: its difference goes back, or all of it when too few came."""
    if await comes_to_nothing(UUID(order_id)):
        await refund_one(context, order_id=order_id, cause=group_buying.ladders.TOO_FEW)
    await settle_ladder(UUID(order_id))


HANDLERS: Handlers = {
    "group_buying.open": open_one,
    "group_buying.close": close_one,
    "group_buying.settle": settle_one,
    "group_buying.confirm_member": confirm_one,
    "group_buying.refund_member": refund_one,
    "group_buying.settle_ladder": settle_ladder_one,
}
