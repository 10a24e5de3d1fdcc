"""What the run is judged by: the shoppers' own record and the warehouse's own count, against our database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg

import tenants
from infra import redis
from infra.warehouse.port import WarehouseUnavailable
from infra.warehouse.simulator.office import SimulatorOffice
from tenants import Tenant
from tests import invariants
from tests.faults.fleet import QUEUES
from tests.faults.shoppers import Record
from workers.queues import PLANS

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

    def not_kept(self, drained: float, within: float) -> Iterator[str]:
        """A sentence for each promise that was broken; `drained` is how long after the last fault all was done."""
        if self.lost:
            yield f"{self.lost} of {self.paid} paid orders did not leave."
        if self.double:
            yield f"{self.double} orders left more than once."
        if self.clicks_lost:
            yield f"{self.clicks_lost} of {self.clicks} acknowledged clicks are not stored."
        if self.unpaid_after_paying:
            yield f"{self.unpaid_after_paying} orders were paid and do not count as paid."
        if self.jobs_left:
            yield f"{self.jobs_left} jobs were still waiting {drained:.0f} s after the last fault."
        elif drained > within:
            yield f"all was done only {drained:.0f} s after the last fault; {within:.0f} s are allowed."


QUIET_S = 8


async def settle_down(
    tenant: Tenant, record: Record, office: SimulatorOffice, *, within: float, hopeless_when_quiet: bool
) -> Verdict:
    """Wait until nothing is left to do, or the time is over.

    The control has nothing but arq's queues: once those stay empty for a while, what is not shipped never will be.
    """
    end, quiet, before = asyncio.get_running_loop().time() + within, 0, None
    verdict = None
    while asyncio.get_running_loop().time() < end and not (hopeless_when_quiet and quiet >= QUIET_S):
        await asyncio.sleep(1)
        try:
            verdict = await judge(tenant, record, office)
            quiet = quiet + 1 if verdict == before and not await _waiting_in_arq() else 0
            before = verdict
        except (*AWAY, *redis.Unavailable):
            continue
        if verdict.clean and not verdict.jobs_left:
            break
    assert verdict is not None, "the system never came back"
    return verdict


async def _waiting_in_arq() -> int:
    """Jobs due now or later that somebody of the fleet will do, except the ends of times to pay in half an hour."""
    soon = (time.time() + 120) * 1000
    served = [PLANS[name].arq_name for name in QUEUES]
    return sum([await redis.client().zcount(name, "-inf", soon) for name in served])


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
                " AND kind <> 'payments.reconcile' AND queue = ANY($1)",
                list(QUEUES),
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
