"""Refunds take commission back to the cent, and the ledger says the same."""

from __future__ import annotations

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tenants
from app import ledger
from app.flows.reverse_commission import reverse_commission
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as build
from workers.attribution import HANDLERS
from workers.context import JobContext

JOB = JobContext(new_id(), "attribution.reverse", 1, 12)


async def _owed(promoter: object) -> int:
    """What the ledger says the store owes the promoter."""
    async with tenants.transaction():
        owed: int = await tenants.connection().fetchval(
            "SELECT coalesce(sum(CASE WHEN a.id = t.credit THEN t.amount ELSE -t.amount END), 0)::bigint"
            " FROM ledger_account a JOIN ledger_transfer t ON a.id IN (t.debit, t.credit)"
            " WHERE a.kind = 'promoter_frozen' AND a.owner = $1",
            promoter,
        )
        return owed


async def _kept() -> list[tuple[int, int, int, int]]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT base_amount, rate_bps, amount, reversed_amount FROM commission_line ORDER BY id"
        )
    return [tuple(row.values()) for row in rows]


async def test_half_back_leaves_half_of_the_commission(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=1000)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000, 999))
    await build.mark_paid(order)
    await HANDLERS["attribution.finalize"](JOB, order_id=str(order))
    assert await _owed(host.id) == 1_099

    await build.mark_refunded(order, 5_500)
    for _ in range(3):
        await reverse_commission(order)

    assert await _kept() == [(10_000, 1000, 1000, 501), (999, 1000, 99, 50)]
    assert await _owed(host.id) == 548


async def test_a_refund_that_overtakes_everything_still_balances(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=1500)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(7_777,))
    await build.mark_paid(order)
    await build.mark_refunded(order, 7_777)

    await asyncio.gather(*(HANDLERS["attribution.reverse"](JOB, order_id=str(order)) for _ in range(3)))

    assert await _kept() == [(7_777, 1500, 1166, 1166)]
    assert await _owed(host.id) == 0
    async with tenants.transaction():
        assert all(balance.amount == 0 for balance in await ledger.balances())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    goods=st.lists(st.integers(1, 99_999), min_size=1, max_size=3), freight=st.integers(0, 2_000),
    bps=st.integers(0, 5_000), cuts=st.lists(st.integers(1, 60_000), max_size=4), whole=st.booleans(),
)  # fmt: skip
async def test_any_row_of_refunds_is_exact(
    shop: Tenant, goods: list[int], freight: int, bps: int, cuts: list[int], whole: bool
) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=bps)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=tuple(goods), freight=freight)
    await build.mark_paid(order)
    total, back = sum(goods) + freight, 0

    for cut in [*cuts, total if whole else 0]:
        back = min(total, back + cut)
        if back:
            await build.mark_refunded(order, back)
        await HANDLERS["attribution.reverse"](JOB, order_id=str(order))

    expected = sum((amount * (total - back) // total) * bps // 10_000 for amount in goods)
    assert await _owed(host.id) == expected
