"""Jobs of pickup points: what follows when nobody took a hand-out back, and who did not come in time."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import pickups
from app.flows.hand_out import complete_pickup, lapse_pickup
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

DUE = """
SELECT order_id, CASE status WHEN 'collected' THEN 'complete' ELSE 'lapse' END AS step FROM pickup
WHERE completed_at IS NULL AND (status = 'collected' AND collected_at <= $1
    OR status = 'arrived' AND arrived_at + make_interval(days => overdue_days) <= $2) LIMIT 500
"""


async def look_after_pickups() -> None:
    """By the clock: what is handed out counts as received, what nobody came for is told."""
    async with tenants.transaction():
        for row in await tenants.connection().fetch(DUE, now() - pickups.UNDO, now()):
            await outbox.post(
                f"pickups.{row['step']}", key=f"{row['step']}:{row['order_id']}", order_id=row["order_id"]
            )


async def complete(context: JobContext, *, order_id: str) -> None:
    await complete_pickup(UUID(order_id))


async def lapse(context: JobContext, *, order_id: str) -> None:
    await lapse_pickup(UUID(order_id))


HANDLERS: Handlers = {"pickups.complete": complete, "pickups.lapse": lapse}
