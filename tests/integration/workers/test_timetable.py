"""What happens by the clock: stores left half open are finished, figures are kept fresh, old rows go."""

from __future__ import annotations

from datetime import timedelta

import tenants
from app.kernel.clock import now
from tenants import Tenant, directory, platform
from tests.builders_running import job, post
from tests.builders_selling import paid_order
from workers.health import refresh_health
from workers.provisioning import finish_stuck_stores
from workers.timetable import reconcile_payments, sweep_rows


async def test_a_store_whose_sign_up_broke_off_is_finished(shop: Tenant) -> None:
    async with platform.transaction() as database:
        await database.execute(
            "UPDATE tenant SET status = 'provisioning', created_at = $2 WHERE id = $1",
            shop.id,
            now() - timedelta(hours=1),
        )
    directory.forget(shop.id)

    await finish_stuck_stores()

    found = await directory.find(shop.id)
    assert found is not None
    assert found.status == "trial"
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM warehouse") == 1


async def test_the_console_gets_a_stores_figures(shop: Tenant) -> None:
    await paid_order()

    await refresh_health()
    await refresh_health()

    async with platform.transaction() as database:
        row = await database.fetchrow(
            "SELECT orders_total, products, paid_30d_amount, jobs_due FROM tenant_health WHERE tenant = $1", shop.id
        )
    assert row is not None
    assert (row["orders_total"], row["products"]) == (1, 1)
    assert row["paid_30d_amount"] > 0
    assert row["jobs_due"] > 0


async def test_the_reconciler_is_asked_for_once(shop: Tenant) -> None:
    await reconcile_payments()
    await reconcile_payments()

    async with tenants.transaction():
        count = await tenants.connection().fetchval("SELECT count(*) FROM outbox WHERE kind = 'payments.reconcile'")
    assert count == 1


async def test_done_jobs_are_kept_for_three_days(shop: Tenant) -> None:
    old, fresh = await post("test.old"), await post("test.fresh")
    async with tenants.transaction():
        await tenants.connection().executemany(
            "UPDATE outbox SET status = 'done', finished_at = $2 WHERE id = $1",
            [(old, now() - timedelta(days=4)), (fresh, now() - timedelta(days=2))],
        )

    await sweep_rows()

    assert await job(old) is None
    assert await job(fresh) is not None
