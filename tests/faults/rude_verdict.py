"""What the run against rude warehouses is judged by: the simulator's own count, and a watch on every state."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import tenants
from app.flows.look_after_exceptions import look_after_exceptions
from app.flows.pull_news import post_pull
from app.flows.warehouse_turn import AT_ONCE
from app.fulfillment import trouble
from app.fulfillment.answers import FAILURES
from infra.warehouse.simulator.office import LogEntry
from tests import invariants
from tests.faults.rude_stage import Store

RANKS = {"open": 0, "submitted": 1, "accepted": 2, "incomplete": 3, "closed": 4}
FEW = FAILURES + AT_ONCE  # the gate shuts at the fifth failure; so many calls may be under way then
KNOWN_S = 1.0  # until an answer is written down here, on a busy machine
STATES = "SELECT reference, status FROM fulfillment_order"
NOT_LEFT = """
SELECT count(*) FROM orders LEFT JOIN fulfillment_order AS work ON work.order_id = orders.id
WHERE orders.paid_at IS NOT NULL AND (work.status IS DISTINCT FROM 'closed'
    OR orders.fulfillment_status NOT IN ('fulfilled', 'delivered'))
"""
TIMES = """
SELECT extract(epoch FROM work.accepted_at - orders.paid_at)::float8 * 1000 AS ms FROM fulfillment_order AS work
JOIN orders ON orders.id = work.order_id WHERE orders.id = ANY($1) AND work.accepted_at IS NOT NULL
"""
STUCK = "SELECT count(*) FROM fulfillment_exception WHERE kind = $1 AND status = 'open'"
PATIENCE_S = 60
REST_S = 4  # nobody asks a broken warehouse for five


async def watch(stores: Iterable[Store], backwards: list[str]) -> None:
    """Until canceled: note every work order whose state is further back than it was."""
    seen: dict[str, int] = {}
    while True:
        for store in stores:
            for reference, status in await _rows(store):
                key = f"{store.tenant.slug}:{reference}"
                rank = RANKS.get(status, -1)
                if rank < seen.get(key, 0):
                    backwards.append(f"{key}: {status}")
                seen[key] = rank
        await asyncio.sleep(0.2)


async def _rows(store: Store) -> list[tuple[str, str]]:
    with tenants.bind(store.tenant):
        async with tenants.transaction():
            return [(row["reference"], row["status"]) for row in await tenants.connection().fetch(STATES)]


async def keep_asking(stores: Iterable[Store]) -> None:
    """Until canceled: what the timetable does once a minute, so that a run does not last for hours."""
    while True:
        for store in stores:
            with tenants.bind(store.tenant):
                async with tenants.transaction():
                    await post_pull(store.warehouse.id, "shipments")
        await asyncio.sleep(2)


async def until_all_left(stores: Iterable[Store], within: float) -> int:
    """How many have not left when the time is over; 0 as soon as all have."""
    end = asyncio.get_running_loop().time() + within
    while True:
        left = 0
        for store in stores:
            with tenants.bind(store.tenant):
                async with tenants.transaction():
                    left += await tenants.connection().fetchval(NOT_LEFT)
        if not left or asyncio.get_running_loop().time() > end:
            return left
        await asyncio.sleep(0.5)


async def doubles(stores: Iterable[Store]) -> int:
    """References that left more or less than once, by the warehouse's own count."""
    wrong = 0
    for store in stores:
        counts = {one.reference: one for one in await store.office.counts(store.warehouse.app_key)}
        for number, _ in store.sold:
            one = counts.pop(f"{number}-1", None)
            wrong += one is None or (one.shipped, one.parcels) != (1, 1)
        wrong += len(counts)
    return wrong


async def left_alone(store: Store) -> tuple[int, int, int]:
    """How often the broken warehouse was asked before it was let rest; how often of that after its fifth failure was
    known here; and how many of its orders wait for people once half an hour has gone by.
    """
    asked, late = before_rest(await store.office.log(store.warehouse.app_key, "broken"))
    with tenants.bind(store.tenant):
        async with tenants.transaction():
            await tenants.connection().execute(
                "UPDATE fulfillment_order SET created_at = created_at - $1::interval,"
                " released_at = released_at - $1::interval",
                timedelta(minutes=31),
            )
        await look_after_exceptions()
        async with tenants.transaction():
            alerts: int = await tenants.connection().fetchval(STUCK, trouble.PUSH_STUCK)
    return asked, late, alerts


def before_rest(log: Iterable[LogEntry]) -> tuple[int, int]:
    """Calls until the first pause, and those of them that began although five had failed before."""
    calls = sorted((one for one in log if one.way == "asked"), key=lambda one: one.at)
    pauses = [after.at - one.at for one, after in itertools.pairwise(calls)]
    asked = next((number for number, pause in enumerate(pauses, 1) if pause >= REST_S), len(calls))
    failed = sorted(one.at + one.took_ms / 1000 for one in calls[:asked])
    late = [one for one in calls[:asked] if len(failed) >= FAILURES and one.at > failed[FAILURES - 1] + KNOWN_S]
    return asked, len(late)


async def times_to_warehouse(store: Store, orders: list[UUID]) -> list[float]:
    """Milliseconds from paid to handed over, once all are."""
    for _ in range(PATIENCE_S * 5):
        with tenants.bind(store.tenant):
            async with tenants.transaction():
                rows = await tenants.connection().fetch(TIMES, orders)
        if len(rows) == len(orders):
            break
        await asyncio.sleep(0.2)
    return [row["ms"] for row in rows]


async def require_invariants(store: Store) -> None:
    await invariants.check(store.tenant)
