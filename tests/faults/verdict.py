"""What the run is judged by: the shoppers' own record and the warehouse's own count, against our database."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import asyncpg

import tenants
from infra.warehouse.port import WarehouseUnavailable
from infra.warehouse.simulator.office import SimulatorOffice
from tenants import Tenant
from tests import invariants
from tests.faults.shoppers import Record

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, WarehouseUnavailable)


@dataclass(frozen=True)
class Verdict:
    paid: int
    shipped: int
    lost: int
    double: int
    clicks: int
    clicks_lost: int
    unpaid_after_paying: int
    jobs_left: int

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.clicks_lost or self.unpaid_after_paying)


async def settle_down(tenant: Tenant, record: Record, office: SimulatorOffice, *, within: float) -> Verdict:
    """Wait until nothing is left to do, or the time is over."""
    end = asyncio.get_running_loop().time() + within
    verdict = None
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(1)
        try:
            verdict = await judge(tenant, record, office)
        except AWAY:
            continue
        if verdict.clean and not verdict.jobs_left:
            break
    assert verdict is not None, "the system never came back"
    return verdict


async def judge(tenant: Tenant, record: Record, office: SimulatorOffice) -> Verdict:
    counts = {one.reference: one for one in await office.counts(tenant.id.hex)}
    with tenants.bind(tenant):
        async with tenants.transaction():
            database = tenants.connection()
            rows = await database.fetch(
                "SELECT number, fulfillment_status FROM orders WHERE paid_at IS NOT NULL AND status <> 'canceled'"
            )
            stored = await database.fetch("SELECT id FROM click")
            left = await database.fetchval(
                "SELECT count(*) FROM outbox WHERE status IN ('due', 'queued', 'running', 'dead') AND run_at <= now()"
                " AND kind <> 'payments.reconcile'"
            )
    paid = {row["number"]: row["fulfillment_status"] for row in rows}
    once = {
        number
        for number, status in paid.items()
        if f"{number}-1" in counts and counts[f"{number}-1"].shipped == 1 and status in ("fulfilled", "delivered")
    }
    missing_clicks = record.clicks - {row["id"] for row in stored}
    return Verdict(
        paid=len(paid),
        shipped=len(once),
        lost=len(paid) - len(once),
        double=sum(one.shipped > 1 or one.parcels > 1 for one in counts.values()),
        clicks=len(record.clicks),
        clicks_lost=len(missing_clicks),
        unpaid_after_paying=len(record.paid - paid.keys()),
        jobs_left=left,
    )


async def require_invariants(tenant: Tenant) -> None:
    await invariants.check(tenant)
