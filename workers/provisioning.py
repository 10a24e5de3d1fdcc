"""Jobs around the birth of stores."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app.flows import open_store
from app.kernel.clock import now
from infra.postgres import clusters
from migrations import runner
from tenants import directory, lifecycle, platform

STUCK_AFTER = timedelta(minutes=1)


async def refill_schemas() -> None:
    """Keep empty schemas waiting, so that no sign-up runs DDL."""
    async with platform.transaction() as database:
        waiting = await database.fetchval("SELECT count(*) FROM schema_pool")
    if waiting < runner.POOL_SIZE * len(clusters()):
        await runner.fill_pool()


async def finish_stuck_stores() -> None:
    """A sign-up that broke off after the claim: furnish again (safe to repeat) and open the doors."""
    async with platform.transaction() as database:
        rows = await database.fetch(
            "SELECT id FROM tenant WHERE status = 'provisioning' AND created_at < $1", now() - STUCK_AFTER
        )
    for row in rows:
        tenant = await directory.find(row["id"])
        if tenant is not None:
            await finish(tenant)


async def finish(tenant: tenants.Tenant) -> None:
    await open_store.furnish(tenant, open_store.Wishes())
    await lifecycle.activate(tenant.id)
