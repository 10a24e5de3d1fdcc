"""Whether one busy store slows the others: how long their jobs wait alone, and beside a store with very many.

Once its jobs are quick and nothing but many, and once they all want to be handed to a warehouse that answers after half
a minute. Both times alone and beside are measured one right after the other, because the machine is shared.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Sequence
from itertools import cycle, islice
from typing import cast

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from infra import redis
from infra.warehouse.simulator.behavior import Behavior
from tenants import Tenant, outbox
from tenants.outbox import Wish
from tests import builders, builders_selling
from tests.load import hand_overs
from tests.load.report import Line, limited, not_measured, percentile
from tests.load.stack import Stack
from tests.load.stamping_worker import KIND, STAMPS
from tests.load.stores import Stores

FLOOD = int(os.environ.get("FLOOD_JOBS", "10000"))
JOBS, PER_SECOND, AT_ONCE = 60, 10, 500
PUSHED = 12  # orders; the many jobs hand over one of them each
LONGER_THAN_ANY = 10**9  # what a flood's job stamps, whose moment is said to be long ago


async def one_busy_store(stack: Stack, stores: Stores) -> list[Line]:
    stack.stop_workers()
    busy, slow = await builders.open_store("busy"), await builders.open_store("slow")
    with tenants.bind(slow):
        pushes = await _planned(stack)
    await stack.workers()
    await _waits(stores.window)  # workers that have just started are slower than they will be
    name = "others' p95 beside a slow warehouse"
    return [
        await _beside("others' p95 beside a busy store", busy, [Wish(KIND, {"sent": 0}, "critical")], stores),
        await _beside(name, slow, pushes, stores),
    ]


async def _beside(name: str, busy: Tenant, wishes: Sequence[Wish], stores: Stores) -> Line:
    alone = await _waits(stores.window)
    with tenants.bind(busy):
        await _flood(wishes)
        beside = await _waits(stores.window)
        left = await _left()
        await _call_off()
    if min(len(alone), len(beside)) < JOBS:
        return not_measured(name, f"{len(alone)} and {len(beside)} of {JOBS} were started")
    one, other = percentile(alone, 0.95), percentile(beside, 0.95)
    note = f"{other:.0f} ms beside {FLOOD:,} jobs of one store ({left:,} left), {one:.0f} ms alone"
    return limited(name, other / one, 1.25, "x", note=note, decimals=2)


async def _planned(stack: Stack) -> list[Wish]:
    """Orders for a warehouse that answers after half a minute, and the jobs that hand them over."""
    await stack.simulator()
    await hand_overs.register(Behavior(slow_ms=30_000))
    goods, wishes = await builders_selling.offer(stock=PUSHED), []
    for _ in range(PUSHED):
        order = (await builders_selling.paid_order(goods)).order_id
        await plan_fulfillment(order)
        async with tenants.transaction():
            (work,) = await fulfillment.work_orders_of(order)
        wishes.append(Wish("fulfillment.push_order", {"work_order_id": str(work.id)}, "critical"))
    await _call_off()
    return wishes


async def _flood(wishes: Sequence[Wish]) -> None:
    many = list(islice(cycle(wishes), FLOOD))
    for start in range(0, FLOOD, AT_ONCE):
        async with tenants.transaction():
            await outbox.post_all(*many[start : start + AT_ONCE])


async def _call_off() -> None:
    """What is left of it is not done beside the next measurement."""
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE outbox SET status = 'done' WHERE status = 'due'")


async def _left() -> int:
    """How much of the flood was still there when the others were done: none would say that it was no flood."""
    async with tenants.transaction():
        count: int = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE status <> 'done'")
    return count


async def _waits(store: Tenant) -> list[float]:
    """Milliseconds each of the store's jobs waited; those of the flood are told by their size."""
    await redis.client().delete(STAMPS)
    with tenants.bind(store):
        for _ in range(JOBS):
            async with tenants.transaction():
                await outbox.post(KIND, queue="critical", sent=time.time())
            await asyncio.sleep(1 / PER_SECOND)
    deadline = time.monotonic() + 30
    while True:
        found = await cast("Awaitable[list[bytes]]", redis.client().lrange(STAMPS, 0, -1))
        waited = [float(text) for text in found if float(text) < LONGER_THAN_ANY]
        if len(waited) >= JOBS or time.monotonic() > deadline:
            return waited
        await asyncio.sleep(0.1)
