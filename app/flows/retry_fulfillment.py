"""The merchant presses "retry" on a work order that is stuck.

One transaction. It never ships twice: the push asks by reference first whenever an earlier attempt may have arrived,
and pressing the button twice posts one job.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from tenants import outbox


async def retry_fulfillment(work_order_id: UUID) -> None:
    """Raises NotFound, or NotRetriable when the warehouse has it already."""
    async with tenants.transaction():
        await fulfillment.lock(work_order_id)
        await fulfillment.reopen(work_order_id)
        await outbox.post(
            "fulfillment.push_order", queue="critical", key=f"push:{work_order_id}", work_order_id=str(work_order_id)
        )
