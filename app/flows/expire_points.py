"""Nightly: points that are past their last day leave their customers' balances.

One short transaction for each customer, so that nobody at checkout waits for all the others; doing it again does
nothing. Until the night after their last day points can be spent.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import structlog

import tenants
from app import promotions

log = structlog.get_logger()


async def expire_points(day: date) -> int:
    """How many points went, of all customers of the bound store."""
    gone, last = 0, None
    while batch := await _next(last):
        for customer in batch:
            async with tenants.transaction():
                gone += await promotions.expire_points(customer)
        last = batch[-1]
    async with tenants.transaction():
        await promotions.mark_expired(day)
    log.info("points.expired", points=gone, day=day.isoformat())
    return gone


async def _next(after: UUID | None) -> list[UUID]:
    async with tenants.transaction():
        return await promotions.customers_with_points(after)
