"""A promoter asks for money, and gets no more than there is, however often they ask at once."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections import Counter

import msgspec
import pytest

import tenants
from app import payouts
from app.flows.payout_ways import open_payee
from app.flows.request_payout import request_payout
from app.kernel.errors import InvalidInput, Refusal
from infra.crypto import SealBroken
from tenants import Tenant
from tenants.errors import StoreClosed
from tests import builders_payouts as build
from tests.builders_payouts import TO_BANK
from tests.figures import Figure
from tests.invariants import check_promoters

ASKING = int(os.environ.get("PAYOUTS_AT_ONCE", "50"))
WANTING_ALL = int(os.environ.get("PAYOUTS_OF_ALL", "200"))


async def test_what_is_asked_for_cannot_be_asked_for_again(shop: Tenant) -> None:
    host = await build.earner(100_000)

    payout = await build.asked(host, 4_000)

    assert (payout.number, payout.status, payout.amount) == ("W100001", "requested", 4_000)
    assert await build.purse(host) == {"frozen": 0, "available": 6_000, "debt": 0}
    with pytest.raises(InvalidInput):
        await build.asked(host, 6_001)
    await check_promoters(shop)


async def test_of_many_who_ask_at_once_exactly_those_succeed_that_the_balance_pays_for(
    shop: Tenant, figure: Figure
) -> None:
    host = await build.earner(100_000)

    async def ask() -> str:
        try:
            return (await build.asked(host, 700)).status
        except Refusal as refusal:
            return refusal.code

    outcomes = Counter(await asyncio.gather(*(ask() for _ in range(ASKING))))

    assert outcomes["requested"] == 14
    assert sum(outcomes.values()) == ASKING
    assert (await build.purse(host))["available"] == 10_000 - 14 * 700
    await check_promoters(shop)
    figure(f"payouts at_once={ASKING} granted=14 overdrawn=0")


async def test_of_many_who_want_the_whole_balance_exactly_one_is_granted(shop: Tenant, figure: Figure) -> None:
    host = await build.earner(100_000)

    async def ask() -> str:
        try:
            return (await build.asked(host, 10_000)).status
        except Refusal as refusal:
            return refusal.code

    outcomes = Counter(await asyncio.gather(*(ask() for _ in range(WANTING_ALL))))

    assert outcomes == {"requested": 1, "invalid_input": WANTING_ALL - 1}
    assert (await build.purse(host))["available"] == 0
    await check_promoters(shop)
    figure(f"payouts_of_all at_once={WANTING_ALL} granted=1 refused={WANTING_ALL - 1}")


async def test_small_sums_wait_until_they_are_worth_sending(shop: Tenant) -> None:
    host = await build.earner(100_000)
    await build.terms(threshold_amount=5_000)

    with pytest.raises(InvalidInput) as refused:
        await build.asked(host, 4_999)

    assert list(refused.value.fields) == ["amount"]


@pytest.mark.parametrize(
    ("way", "missing"), [("bank_transfer", ["account", "bank", "payee_name"]), ("wechat", ["way"])]
)
async def test_a_way_says_what_it_needs_to_know(shop: Tenant, way: str, missing: list[str]) -> None:
    host = await build.earner(100_000)

    with pytest.raises(InvalidInput) as refused:
        await request_payout(host.id, amount=1_000, way=way, payee={})

    assert sorted(refused.value.fields) == missing
    assert (await build.purse(host))["available"] == 10_000


async def test_an_account_number_is_kept_sealed_for_its_own_payout(shop: Tenant) -> None:
    host = await build.earner(100_000)

    first, second = [await build.asked(host, 1_000, way="bank_transfer") for _ in range(2)]

    assert first.payee_hint == "ICBC •••• 3445"
    assert open_payee(first) == TO_BANK
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT payout::text AS everything FROM payout")
    assert not any(TO_BANK["account"] in row["everything"] for row in rows)
    with pytest.raises(SealBroken):
        open_payee(msgspec.structs.replace(second, payee_sealed=first.payee_sealed))


async def test_a_store_that_may_not_pay_out_takes_no_requests(shop: Tenant) -> None:
    host = await build.earner(100_000)

    with tenants.bind(dataclasses.replace(shop, status="restricted")), pytest.raises(StoreClosed):
        await build.asked(host)


async def test_lines_say_what_became_of_them_the_oldest_first(shop: Tenant) -> None:
    host = await build.earner(10_000, 20_000, 30_000)

    await build.asked(host, 3_500)

    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT amount, status FROM commission_line ORDER BY available_at")
    assert [tuple(row.values()) for row in rows] == [(1_000, "reserved"), (2_000, "reserved"), (3_000, "available")]


async def test_another_stores_payouts_are_out_of_reach(shop: Tenant, other_shop: Tenant) -> None:
    payout = await build.asked(await build.earner())

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await payouts.payouts_of(payout.promoter) == []
