"""A schema change walks over all stores; one store's trouble keeps nobody else behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

import tenants
from infra import postgres
from migrations import runner
from migrations.runner import Report, Step
from tenants import Tenant, platform

NEXT = runner.latest("tenant") + 1
STEP = Step(NEXT, "probe", "CREATE TABLE probe (id uuid PRIMARY KEY, note text NOT NULL DEFAULT '')")


@pytest.fixture
async def next_step(monkeypatch: pytest.MonkeyPatch, pools: None) -> AsyncIterator[None]:
    """One more step than the code knows, taken away again from every store it reached."""
    real = runner.steps
    monkeypatch.setattr(runner, "steps", lambda kind: (*real(kind), STEP) if kind == "tenant" else real(kind))
    yield
    owner = await postgres.connect_owner()
    try:
        for row in await owner.fetch("SELECT schemaname FROM pg_tables WHERE tablename = 'probe'"):
            schema = row["schemaname"]
            await owner.execute(
                f'DROP TABLE "{schema}".probe; DELETE FROM "{schema}".schema_version WHERE version = {NEXT}'
            )
        await owner.execute("UPDATE platform.tenant SET schema_version = $1 WHERE schema_version = $2", NEXT - 1, NEXT)
        await owner.execute(
            "UPDATE platform.schema_pool SET schema_version = $1 WHERE schema_version = $2", NEXT - 1, NEXT
        )
    finally:
        await owner.close()


async def _version_of(tenant: Tenant) -> int:
    async with platform.transaction() as database:
        return int(await database.fetchval("SELECT schema_version FROM tenant WHERE id = $1", tenant.id))


async def test_every_store_and_every_waiting_schema_takes_the_step(
    shop: Tenant, other_shop: Tenant, next_step: None
) -> None:
    report = await runner.migrate()

    assert report.failed == {}
    assert await _version_of(shop) == await _version_of(other_shop) == NEXT
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT count(*) FROM probe") == 0
    again = await runner.migrate()
    assert again.stores == 0


async def test_a_store_that_cannot_take_the_step_is_named_and_tried_again(
    shop: Tenant, other_shop: Tenant, next_step: None
) -> None:
    owner = await postgres.connect_owner()
    await owner.execute(f'CREATE TABLE "{shop.schema_name}".probe (in_the_way integer)')

    first = await runner.migrate()

    assert list(first.failed) == [shop.schema_name]
    assert await _version_of(shop) == NEXT - 1
    assert await _version_of(other_shop) == NEXT
    await owner.execute(f'DROP TABLE "{shop.schema_name}".probe')
    await owner.close()
    second = await runner.migrate()
    assert second.failed == {}
    assert second.stores == 1
    assert await _version_of(shop) == NEXT


async def test_shoppers_notice_nothing_while_columns_arrive(shop: Tenant, other_shop: Tenant) -> None:
    stop = asyncio.Event()
    served = {"shop": 0, "other": 0}

    async def browse(name: str, tenant: Tenant) -> None:
        with tenants.bind(tenant):
            while not stop.is_set():
                async with tenants.transaction():
                    schema = await tenants.connection().fetchval("SELECT current_schema()")
                    await tenants.connection().fetch("SELECT id, title, handle FROM product ORDER BY position LIMIT 5")
                assert schema == tenant.schema_name
                served[name] += 1

    visitors = [asyncio.create_task(browse(n, t)) for n, t in (("shop", shop), ("other", other_shop)) for _ in range(3)]
    owner = await postgres.connect_owner()
    try:
        for number in range(15):
            for tenant in (shop, other_shop):
                await owner.execute(f'ALTER TABLE "{tenant.schema_name}".product ADD COLUMN extra_{number} text')
            await asyncio.sleep(0.01)
    finally:
        stop.set()
        await asyncio.gather(*visitors)
        for number in range(15):
            for tenant in (shop, other_shop):
                await owner.execute(f'ALTER TABLE "{tenant.schema_name}".product DROP COLUMN extra_{number}')
        await owner.close()

    assert min(served.values()) > 15


async def test_half_a_step_leaves_nothing(shop: Tenant, monkeypatch: pytest.MonkeyPatch, pools: None) -> None:
    real = runner.steps
    broken = Step(NEXT, "broken", "CREATE TABLE half (id uuid PRIMARY KEY); SELECT 1 / 0")
    monkeypatch.setattr(runner, "steps", lambda kind: (*real(kind), broken) if kind == "tenant" else real(kind))

    with pytest.raises(asyncpg.DivisionByZeroError):
        await runner.create_schema()
    report = Report()
    await runner.migrate_stores(report)

    assert shop.schema_name in report.failed
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT to_regclass('half')") is None
