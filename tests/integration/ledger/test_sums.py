"""Sums that are kept overnight say the same as adding everything up."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

import tenants
from app import ledger
from app.flows.recompute_books import recompute_books
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.ledger import Account, Leg, sums
from tenants import Tenant
from tests.invariants import check

PSP, SALES = Account("psp_clearing"), Account("merchant_sales")


async def _post(*legs: Leg) -> None:
    async with tenants.transaction():
        await ledger.post("sale", new_id(), legs)


async def _sum_up(moment: datetime) -> int:
    async with tenants.transaction():
        await ledger.sum_up(moment)
        summed: int = await tenants.connection().fetchval("SELECT count(*) FROM ledger_sum")
        return summed


async def _shown() -> dict[str, int]:
    async with tenants.transaction():
        chart = {one.kind: one.debited - one.credited for one in await ledger.kinds()}
        assert (await ledger.trial_since()) == (await ledger.trial_balance())
        added_up: dict[str, int] = {}
        for one in await ledger.balances():
            added_up[one.kind] = added_up.get(one.kind, 0) + one.amount
        assert chart == added_up
        return chart


async def test_what_came_after_the_sums_is_added_to_them(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sums, "MARGIN", timedelta(0))
    await _post(Leg(PSP, SALES, 1000, "CNY"))
    await asyncio.sleep(0.002)  # ids tell milliseconds apart
    assert await _sum_up(now()) == 2

    await _post(Leg(PSP, SALES, 500, "CNY"), Leg(PSP, Account("freight_income"), 80, "CNY"))
    between = await _shown()
    await asyncio.sleep(0.002)
    assert await _sum_up(now()) == 3
    await _post(Leg(SALES, PSP, 300, "CNY"))

    assert between == {"psp_clearing": 1580, "merchant_sales": -1500, "freight_income": -80}
    assert await _shown() == {"psp_clearing": 1280, "merchant_sales": -1200, "freight_income": -80}
    await check(shop)


async def test_sums_leave_the_last_hours_to_be_added_up(shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1000, "CNY"))

    assert await _sum_up(now()) == 0
    assert await _sum_up(now() + timedelta(hours=7)) == 2

    assert await _shown() == {"psp_clearing": 1000, "merchant_sales": -1000}


async def test_a_sum_that_was_tampered_with_lives_until_the_next_night(shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1000, "CNY"))
    await _sum_up(now() + timedelta(hours=7))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE ledger_sum SET debited = debited + 5")
        assert not (await ledger.trial_since()).is_whole

    await recompute_books(now().date())
    await _sum_up(now() + timedelta(hours=7))

    async with tenants.transaction():
        assert (await ledger.trial_since()).is_whole
    await check(shop)


async def test_another_shops_sums_are_not_seen(shop: Tenant, other_shop: Tenant) -> None:
    await _post(Leg(PSP, SALES, 1000, "CNY"))
    await _sum_up(now() + timedelta(hours=7))

    with tenants.bind(other_shop):
        assert await _sum_up(now() + timedelta(hours=7)) == 0
        assert await _shown() == {}
