"""The merchant presses "retry" on a work order that is stuck.

One transaction. It never ships twice: the push asks by reference first whenever an earlier attempt may have arrived,
and pressing the button twice posts one job.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from app.flows.work_order_steps import push


async def retry_fulfillment(work_order_id: UUID) -> None:
    """Raises NotFound, or NotRetriable when the warehouse has it already."""
    async with tenants.transaction():
        await fulfillment.lock(work_order_id)
        await fulfillment.reopen(work_order_id)
        await push(work_order_id)
