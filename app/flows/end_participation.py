"""A group is complete, or the campaign decided: an order that waited in it may ship. One transaction per order.

Its opposite - the group failed, everybody gets the money back - is the ordinary way an order is called off.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import orders
from app.flows import campaign_seats


async def confirm_member(order_id: UUID) -> bool:
    """False when it was confirmed or fell away before. Raises NotFound."""
    async with tenants.transaction():
        return await campaign_seats.confirm(await orders.lock(order_id))
