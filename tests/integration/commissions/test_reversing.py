"""Refunds take commission back to the cent, and the ledger says the same."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tenants
from app import ledger, orders
from app.flows.request_refund import request_refund
from app.flows.reverse_commission import reverse_commission
from app.flows.settle_refund import settle_refund
from app.kernel.ids import new_id
from app.ledger import Account, Leg
from app.payments import RefundLine
from infra.payment.port import RefundState
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

    # The largest remainder takes 5,000 of the one line and 500 of the other; each answers for its own.
    assert await _kept() == [(10_000, 1000, 1000, 500), (999, 1000, 99, 50)]
    assert await _owed(host.id) == 549


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
    left, gone = sum(goods) + freight, Counter[object]()

    for cut in [*cuts, sum(goods) + freight if whole else 0]:
        if cut := min(left, cut):
            left -= cut
            gone.update({part.order_line: part.goods_amount for part in await build.mark_refunded(order, cut)})
        await HANDLERS["attribution.reverse"](JOB, order_id=str(order))

    async with tenants.transaction():
        lines = await orders.lines_of(order)
    assert await _owed(host.id) == sum((line.goods_amount - gone[line.id]) * bps // 10_000 for line in lines)


async def test_a_line_given_back_takes_only_its_own_commission(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=1000)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000, 5_000), freight=800)
    await build.mark_paid(order)
    await HANDLERS["attribution.finalize"](JOB, order_id=str(order))
    async with tenants.transaction():
        first, _second = await orders.lines_of(order)

    (refund,) = await request_refund(order, lines=[RefundLine(first.id, 1)], reason="bruised")
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    await reverse_commission(order)

    assert refund.amount == 10_000
    assert await _kept() == [(10_000, 1000, 1000, 1000), (5_000, 1000, 500, 0)]
    assert await _owed(host.id) == 500


async def test_freight_given_back_takes_no_commission(shop: Tenant) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=1000)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000,), freight=800)
    await build.mark_paid(order)
    await HANDLERS["attribution.finalize"](JOB, order_id=str(order))

    (refund,) = await request_refund(order, freight_amount=800, reason="late")
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))
    await reverse_commission(order)

    assert (refund.amount, await _owed(host.id)) == (800, 1000)


@pytest.mark.parametrize(("there", "debt"), [(0, 1000), (300, 700), (5000, 0)])
async def test_commission_that_was_paid_out_becomes_a_debt(shop: Tenant, there: int, debt: int) -> None:
    visitor = new_id()
    host = await build.promoter(rate_bps=1000)
    await build.click(await build.link(host), visitor=visitor)
    order = await build.order(visitor=visitor, goods=(10_000,))
    await build.mark_paid(order)
    await HANDLERS["attribution.finalize"](JOB, order_id=str(order))
    available, expense = Account("promoter_available", host.id), Account("commission_expense")
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE commission_line SET status = 'paid'")
        await ledger.post("bonus", new_id(), [Leg(expense, available, there, "CNY")])
    await build.mark_refunded(order, 10_000)

    for _ in range(2):
        await reverse_commission(order)

    async with tenants.transaction():
        assert await ledger.balance_of(available, "CNY") == max(0, there - 1000)
        assert -await ledger.balance_of(Account("promoter_debt", host.id), "CNY") == debt
