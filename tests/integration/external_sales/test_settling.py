"""Commission of sales made elsewhere: late, doubled and reordered messages end in the same money, and none pays."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta

import msgspec
import pytest

import tenants
from app.external_sales import Fact
from app.flows.settle_elsewhere import settle_elsewhere
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_elsewhere as build
from tests.invariants import check_promoters

YA, LI = "openid-ya", "openid-li"


async def test_the_first_word_of_a_platform_is_an_estimate_and_nothing_in_the_books(shop: Tenant) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya, YA)

    await build.seen(build.fact(sharer=YA))
    await build.settled()

    assert await build.kept() == [("Ya", "estimated", 1_000)]
    assert await build.purse(ya) == {"frozen": 0, "available": 0, "debt": 0}
    await check_promoters(shop)


@pytest.mark.parametrize("status", ["placed", "paid", "shipped", "received", "closed"])
@pytest.mark.parametrize("final", [True, False])
async def test_no_first_word_whatever_it_says_can_be_withdrawn(shop: Tenant, status: str, final: bool) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya, YA)
    received = build.hours_ago(24 * 90) if status == "received" else None

    await build.seen(build.fact(sharer=YA, sharer_final=final, status=status, received_at=received))
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE payout_policy SET freeze_days = 0")
    for _ in range(3):
        await build.settled()
        await settle_elsewhere((await build.only_line()).id)

    assert (await build.purse(ya))["available"] == 0
    await check_promoters(shop)


async def test_a_sharer_the_platform_has_settled_on_is_owed_received_frozen_and_due(shop: Tenant) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya, YA)
    life = []

    for status, final in (("paid", False), ("paid", True), ("shipped", True), ("received", True)):
        received = build.hours_ago(0) if status == "received" else None
        await build.seen(build.fact(sharer=YA, sharer_final=final, status=status, received_at=received))
        await build.settled()
        life += [one[1] for one in await build.kept()]
    await build.days_pass(14)
    await build.settled()
    life += [one[1] for one in await build.kept()]
    await build.days_pass(2)
    await build.settled()

    assert life == ["estimated", "accrued", "accrued", "frozen", "frozen"]
    assert await build.kept() == [("Ya", "available", 1_000)]
    assert await build.purse(ya) == {"frozen": 0, "available": 1_000, "debt": 0}
    await check_promoters(shop)


async def test_a_platform_that_changes_its_mind_moves_the_money_exactly_also_after_it_was_available(
    shop: Tenant,
) -> None:
    await build.goods()
    ya, li = await earning.promoter(name="Ya"), await earning.promoter(name="Li", rate_bps=1_250)
    await build.known_as(ya, YA)
    await build.known_as(li, LI)
    done = build.fact(sharer=YA, sharer_final=True, status="received", received_at=build.hours_ago(1))
    await build.seen(done)
    await build.settled()
    await build.days_pass(16)
    await build.settled()

    await build.seen(msgspec.structs.replace(done, sharer=LI, as_of=build.hours_ago(0)))
    await build.settled()

    assert await build.kept() == [("Li", "frozen", 1_250)]
    assert await build.purse(ya) == {"frozen": 0, "available": 0, "debt": 0}
    assert (await build.purse(li))["frozen"] == 1_250
    await check_promoters(shop)


async def test_a_refund_after_the_commission_was_withdrawn_is_a_debt(shop: Tenant) -> None:
    await build.goods()
    ya = await earning.promoter(name="Ya")
    await build.known_as(ya, YA)
    done = build.fact(sharer=YA, sharer_final=True, status="received", received_at=build.hours_ago(1))
    await build.seen(done)
    await build.settled()
    await build.days_pass(16)
    await build.settled()
    await earning_withdraws(ya, 1_000)

    await build.seen(msgspec.structs.replace(done, refunded_amount=2_501))
    await build.settled()
    part = await build.purse(ya)
    await build.seen(msgspec.structs.replace(done, refunded_amount=10_000))
    await build.settled()

    assert part == {"frozen": 0, "available": 0, "debt": 251}
    assert await build.purse(ya) == {"frozen": 0, "available": 0, "debt": 1_000}
    await check_promoters(shop)


async def test_without_a_sharer_the_host_on_air_there_earns_once_the_goods_were_received(shop: Tenant) -> None:
    await build.goods()
    host = await earning.promoter(name="Ya")
    await earning.session(host)
    said = build.fact(platform="douyin", placed_at=build.hours_ago(-0.01), paid_at=None)

    await build.seen(said)
    await build.settled()
    first = await build.kept()
    await build.seen(msgspec.structs.replace(said, status="received", received_at=build.hours_ago(-0.02)))
    await build.settled()

    assert first == [("Ya", "estimated", 1_000)]
    assert [one[1] for one in await build.kept()] == ["frozen"]
    assert (await build.only_line()).live_session is not None


def _story() -> list[Fact]:
    """Everything a platform may say of one order: provisional and final sharers, parts refunded, a call-off."""
    start = build.hours_ago(48)

    def at(hours: int, **said: object) -> Fact:
        return build.fact(placed_at=start, paid_at=start, as_of=start + timedelta(hours=hours), **said)

    received = start + timedelta(hours=9)
    return [
        at(0, status="placed"),
        at(1),
        at(2, sharer=LI),
        at(3, sharer=YA),
        at(4, sharer=YA, sharer_final=True, status="shipped"),
        at(9, sharer=YA, sharer_final=True, status="received", received_at=received),
        at(10, sharer=YA, sharer_final=True, status="received", received_at=received, refunded_amount=3_333),
        at(11, sharer=LI, sharer_final=True, status="received", received_at=received, refunded_amount=3_333),
    ]


@pytest.mark.parametrize("seed", range(12))
async def test_the_same_messages_in_any_order_and_doubled_end_in_the_same_state_and_money(
    shop: Tenant, seed: int
) -> None:
    chance = random.Random(seed)
    await build.goods()
    ya, li = await earning.promoter(name="Ya"), await earning.promoter(name="Li", rate_bps=1_250)
    await build.known_as(ya, YA)
    await build.known_as(li, LI)
    told = [*_story(), *chance.choices(_story(), k=4)]
    chance.shuffle(told)

    for one in told:
        await build.seen(one)
        if chance.random() < 0.6:
            await build.settled()
        if chance.random() < 0.1:
            await build.days_pass(20)
    await build.settled()

    line = await build.only_line()
    (kept,) = await build.kept()
    money = [await build.purse(each) for each in (ya, li)]
    owned = [each["frozen"] + each["available"] - each["debt"] for each in money]
    assert (line.status, line.sharer, line.sharer_final, line.refunded_amount) == ("received", LI, True, 3_333)
    assert (kept[0], kept[2], owned) == ("Li", 833, [0, 833])
    await check_promoters(shop)


def test_what_is_known_does_not_depend_on_what_came_first() -> None:
    from app import external_sales

    story = _story()[3:8]

    known = {external_sales.add_up(order) for order in itertools.permutations(story)}

    assert len(known) == 1
    assert external_sales.add_up([*story, *story]) in known


async def test_another_store_sees_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    await build.goods()
    await build.seen(build.fact(sharer=YA))

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await tenants.connection().fetchval("SELECT count(*) FROM external_line") == 0


async def earning_withdraws(promoter: object, amount: int) -> None:
    from tests import builders_payouts

    await builders_payouts.asked(promoter, amount)  # type: ignore[arg-type]
