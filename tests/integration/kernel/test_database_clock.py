"""A machine whose clock is wrong by hours works by the database's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

import tenants
from infra import clock, postgres
from tenants import Tenant, outbox
from tests.builders_selling import order

TWO_HOURS = timedelta(hours=2)


@pytest.fixture(params=[TWO_HOURS, -TWO_HOURS], ids=["ahead", "behind"])
def skew(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[timedelta]:
    error: timedelta = request.param

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # always in UTC
            return datetime.now(UTC) + error

    monkeypatch.setattr(clock, "datetime", Wrong)
    yield error
    monkeypatch.undo()
    clock.agree(datetime.now(UTC))


async def test_deadlines_and_jobs_follow_the_databases_clock(shop: Tenant, skew: timedelta, database_url: str) -> None:
    pool = await postgres.open_pool(postgres.clusters()["c1"], postgres.app_role(), size=1)
    await pool.close()

    placed = await order()
    async with tenants.transaction():
        await outbox.post("test.nothing", delay=timedelta(minutes=5))
        row = await tenants.connection().fetchrow(
            "SELECT extract(epoch FROM orders.expires_at - now())::integer AS to_pay,"
            " extract(epoch FROM outbox.run_at - now())::integer AS to_run"
            " FROM orders, outbox WHERE orders.id = $1 AND outbox.kind = 'test.nothing'",
            placed.order_id,
        )

    assert row is not None
    assert 0 < row["to_pay"] <= 3600
    assert 290 <= row["to_run"] <= 300


async def test_a_moment_on_the_way_is_no_difference() -> None:
    clock.agree(datetime.now(UTC) - timedelta(seconds=1))

    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=0.5)
