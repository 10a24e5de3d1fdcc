"""A demand test that asks for a deposit: it counts as an order, the verdict says what becomes of it, all are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import engagement, orders
from app.flows.cancel_order import cancel_order
from app.flows.expire_reservation import expire_reservation
from app.flows.mode_demand_test import count, judge
from app.flows.place_order import Placed
from app.flows.run_campaign import close_campaign, settle_campaign, unpublish_campaign
from app.flows.run_demand_test import ask_balance, tell_verdict
from app.flows.run_presale import confirm_presale
from app.flows.start_payment import NotPayable, PayPage, start_payment
from app.group_buying import Campaign
from app.kernel.clock import now
from app.presale import test_of as verdict_of
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_ladders as ladders
from tests import builders_presale as presales
from tests import builders_selling as selling
from tests.invariants import check

PRICE, DEPOSIT = 5000, 1000


async def _test(*, deposit: int = DEPOSIT, **terms: Any) -> Campaign:
    goods = await selling.offer(price=6000, stock=1000)
    terms = {"deposits": {str(goods.variant): deposit}, "extensions": 0} | terms
    return await campaigns.campaign(goods, kind="demand_test", title="Do you want plums?", price=PRICE, terms=terms)


async def _over(campaign: Campaign, *, work: bool = True) -> None:
    """Its time is over, after as long as it was to take, and what follows is done."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE campaign SET opened_at = opened_at - (ends_at - $2::timestamptz), ends_at = $2 WHERE id = $1",
            campaign.id, now() - timedelta(seconds=1),
        )  # fmt: skip
    await close_campaign(campaign.id)
    if work:
        await ladders.work_off()


async def _joined(campaign: Campaign, people: int) -> Placed:
    """So many paid what was asked for; the order of the last one."""
    for _ in range(people - 1):
        await campaigns.join_and_pay(campaign)
    return await campaigns.join_and_pay(campaign)


async def _told(order_id: UUID) -> list[tuple[str, str]]:
    """What whoever placed the order was told: which kind of message, and its sentence."""
    async with tenants.transaction():
        messages = await engagement.messages_of_order(order_id)
    return [(one.kind, engagement.sentence_of(one)) for one in messages]


async def test_a_deposit_counts_as_an_order_and_nothing_more_can_be_paid_before_the_verdict(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=9)

    placed = await campaigns.join_and_pay(plums, units=2)

    order, mine = await presales.order(placed.order_id), await presales.mine(placed.order_id)
    assert (order.paid_amount, order.total_amount, mine.status) == (2 * DEPOSIT, 2 * PRICE, "deposit_paid")
    assert (await campaigns.participation(placed.order_id)).status == "taken"
    async with tenants.transaction():
        assert (await count(plums)).deposits == 1
    with pytest.raises(NotPayable):
        await start_payment(placed.order_id, "sandbox", PayPage("https://x.test", "en", "Plums"))
    await check(shop)


async def test_the_verdict_over_deposits_is_the_one_computed_by_hand(shop: Tenant) -> None:
    """Eight deposits: Garwood's 95 % interval of 8 is 3.454 to 15.763, so a target of 3 is reached for certain."""
    plums = await _test(metric="deposits", target=3)
    for _ in range(8):
        await campaigns.join_and_pay(plums)

    await _over(plums, work=False)

    async with tenants.transaction():
        found = judge(plums, await verdict_of(plums.id), await count(plums))
    assert (round(found.low, 3), round(found.high, 3), found.verdict) == (3.454, 15.763, "go")


@pytest.mark.parametrize(("forfeits", "kind"), [(True, "demand.balance_or_lost"), (False, "demand.balance")])
async def test_a_go_asks_for_the_balance_and_whoever_pays_it_is_sent(shop: Tenant, forfeits: bool, kind: str) -> None:
    plums = await _test(metric="deposits", target=1, forfeits=forfeits)
    placed = await _joined(plums, 5)

    await _over(plums)

    assert not await ask_balance(placed.order_id)
    mine = await presales.mine(placed.order_id)
    assert (mine.status, mine.keeps_deposit) == ("balance_open", forfeits)
    assert mine.due_at
    assert timedelta(days=6) < mine.due_at - now() <= timedelta(days=7)
    assert (await _told(placed.order_id))[0][0] == kind
    assert await campaigns.pay(placed) == "paid"
    await confirm_presale(placed.order_id)
    assert (await campaigns.participation(placed.order_id)).status == "confirmed"
    assert not await settle_campaign(plums.id)  # the others have not paid yet
    await check(shop)


@pytest.mark.parametrize(("forfeits", "outcome", "back"), [(True, "forfeited", []), (False, "released", [DEPOSIT])])
async def test_a_balance_that_is_not_paid_after_a_go_ends_by_the_rule(
    shop: Tenant, forfeits: bool, outcome: str, back: list[int]
) -> None:
    plums = await _test(metric="deposits", target=1, forfeits=forfeits)
    placed = await _joined(plums, 5)
    await _over(plums)

    await selling.run_out_of_time(placed.order_id)
    await expire_reservation(placed.order_id, None)

    assert (await presales.mine(placed.order_id)).outcome == outcome
    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == back
    await check(shop)


@pytest.mark.parametrize("deposit", [DEPOSIT, 0])
async def test_a_no_go_pays_everybody_back_and_tells_them(shop: Tenant, deposit: int) -> None:
    plums = await _test(metric="deposits", target=50, deposit=deposit, forfeits=True)
    placed = [await campaigns.join_and_pay(plums) for _ in range(2)]

    await _over(plums)

    paid = deposit or PRICE
    for one in placed:
        assert [refund.amount for refund in await presales.refunds(one.order_id)] == [paid]
        said = [words for kind, words in await _told(one.order_id) if kind == "demand.no_go"]
        assert len(said) == 1
        assert f"¥{paid // 100}.00" in said[0]
        assert not await tell_verdict(one.order_id, "no_go")
    assert await settle_campaign(plums.id)
    await check(shop)


async def test_a_go_tells_whoever_paid_in_full_that_nothing_is_left_to_pay(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=1, deposit=0)
    placed = await _joined(plums, 5)

    await _over(plums)

    assert (await campaigns.participation(placed.order_id)).status == "confirmed"
    (told,) = await _told(placed.order_id)
    assert told[0] == "demand.go"
    assert "¥50.00" in told[1]
    await check(shop)


async def test_everybody_hears_of_each_extension_once(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=2, extend_hours=24, extensions=2)
    placed = await _joined(plums, 2)

    for _ in range(2):
        await _over(plums)

    assert [kind for kind, _words in await _told(placed.order_id)] == ["demand.extended"] * 2
    assert (await presales.mine(placed.order_id)).status == "deposit_paid"
    await check(shop)


async def test_a_test_that_is_stopped_gives_deposits_back_and_says_so(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=1, forfeits=True)
    placed = await campaigns.join_and_pay(plums)

    await unpublish_campaign(plums.id, actor="owner", reason="The grower is gone")
    await ladders.work_off()

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [DEPOSIT]
    assert [kind for kind, _words in await _told(placed.order_id)] == ["demand.stopped"]
    await check(shop)


async def test_whoever_leaves_before_the_verdict_gets_the_deposit_back(shop: Tenant) -> None:
    placed = await campaigns.join_and_pay(await _test(forfeits=True))

    await cancel_order(placed.order_id, actor="shopper")

    assert [refund.amount for refund in await presales.refunds(placed.order_id)] == [DEPOSIT]
    await check(shop)


@pytest.mark.parametrize(("target", "status"), [(1, "balance_open"), (50, "closed")])
async def test_a_deposit_that_is_paid_after_the_verdict_follows_it(shop: Tenant, target: int, status: str) -> None:
    plums = await _test(metric="deposits", target=target)
    for _ in range(5):
        await campaigns.join_and_pay(plums)
    late = await campaigns.join(plums)
    await _over(plums, work=False)

    await campaigns.pay(late)
    await ladders.work_off()

    assert (await presales.mine(late.order_id)).status == status
    await check(shop)


async def test_members_are_told_in_the_language_they_ordered_in(shop: Tenant) -> None:
    plums = await _test(metric="deposits", target=50)
    placed = await campaigns.join_and_pay(plums)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET locale = 'zh-Hant' WHERE id = $1", placed.order_id)

    await _over(plums)

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).locale == "zh-Hant"
    assert "想要的人數不足" in (await _told(placed.order_id))[-1][1]
