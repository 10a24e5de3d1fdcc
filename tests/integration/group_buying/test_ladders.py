"""A ladder ends: everybody pays the last step, and whoever paid more has the difference back, exactly once."""

from __future__ import annotations

import asyncio

import pytest
from asyncpg import InsufficientPrivilegeError

import tenants
from app import commissions, orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.decide_attribution import decide_attribution
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import request_refund
from app.flows.run_campaign import close_campaign, settle_campaign
from app.flows.settle_ladder import settle_ladder
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.payments import RefundLine
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_earning as earning
from tests import builders_ladders as ladders
from tests import builders_promotions as saving
from tests import builders_selling as selling
from tests.faults import jobs
from tests.invariants import check


async def _order(order_id: object) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)  # type: ignore[arg-type] # an id


async def test_everybody_ends_with_the_price_of_the_last_step(shop: Tenant) -> None:
    ladder = await ladders.ladder()
    placed = [await campaigns.join_and_pay(ladder) for _ in range(6)]
    paid = [(await _order(one.order_id)).total_amount for one in placed]

    await ladders.finish(ladder)

    assert paid == [4990, 4990, 4990, 4390, 4390, 3990]
    assert [sum(await ladders.differences(one.order_id)) for one in placed] == [1000, 1000, 1000, 400, 400, 0]
    settled = await campaigns.look(ladder.id)
    assert (settled.status, settled.result["orders"]) == ("settled", 6)
    assert (await ladders.progress(ladder.id)).done == 6
    assert {(await _order(one.order_id)).paid_amount - (await _order(one.order_id)).refunded_amount
            for one in placed} == {3990}  # fmt: skip
    await check(shop)


async def test_the_goods_are_sent_once_the_price_is_final(shop: Tenant) -> None:
    ladder = await ladders.ladder()
    placed = await campaigns.join_and_pay(ladder)
    await plan_fulfillment(placed.order_id)
    assert (await campaigns.participation(placed.order_id)).waits

    await ladders.finish(ladder)

    assert (await campaigns.participation(placed.order_id)).status == "confirmed"
    assert await selling.jobs("fulfillment.push_order") == 1


async def test_what_it_came_to_is_fixed_once_nobody_can_pay_any_more(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    await campaigns.join_and_pay(ladder)
    late = await campaigns.join(ladder)
    await ladders.finish(ladder)
    assert await ladders.final(ladder.id) is None

    await campaigns.pay(late)
    await ladders.work_off()

    final = await ladders.final(ladder.id)
    assert final is not None
    assert (final.count, final.outcome, set(final.prices.values())) == (2, "stepped", {3990})
    with pytest.raises(InsufficientPrivilegeError):
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE ladder_final SET final_count = 9")
    await check(shop)


async def test_called_off_orders_do_not_count_and_get_no_difference(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((3, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(3)]
    await cancel_order(placed[0].order_id, actor="shopper")

    await ladders.finish(ladder)

    final = await ladders.final(ladder.id)
    assert final is not None
    assert (final.count, set(final.prices.values())) == (2, {4990})
    assert [await ladders.differences(one.order_id) for one in placed] == [[], [], []]
    await check(shop)


async def test_an_order_called_off_after_the_count_was_fixed_changes_nothing_for_the_others(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await ladders.finish(ladder, work=False)

    await cancel_order(placed[0].order_id, actor="shopper")
    await ladders.work_off()

    assert [sum(await ladders.differences(one.order_id)) for one in placed] == [0, 1000]
    assert (await _order(placed[0].order_id)).refunded_amount == 4990
    assert (await campaigns.look(ladder.id)).status == "settled"
    await check(shop)


async def test_a_ladder_may_count_people(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),), terms={"counts": "people"})
    for phone in ("13900000001", "13900000001", "13900000001"):
        await campaigns.join_and_pay(ladder, phone=phone, units=2)
    assert (await campaigns.look(ladder.id)).taken_people == 1

    await campaigns.join_and_pay(ladder)
    await ladders.finish(ladder)

    final = await ladders.final(ladder.id)
    assert final is not None
    assert final.count == 2
    await check(shop)


async def test_too_few_and_everybody_is_refunded(shop: Tenant) -> None:
    ladder = await ladders.ladder(terms={"min_count": 3, "below_min": "refund"})
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]

    await ladders.finish(ladder)

    for one in placed:
        order = await _order(one.order_id)
        assert (order.status, order.payment_status, order.refunded_amount) == ("canceled", "refunded", 4990)
    assert (await campaigns.look(ladder.id)).status == "settled"
    await check(shop)


async def test_too_few_and_everybody_keeps_the_price_that_was_paid(shop: Tenant) -> None:
    ladder = await ladders.ladder(terms={"min_count": 9, "below_min": "keep"})
    placed = [await campaigns.join_and_pay(ladder) for _ in range(4)]

    await ladders.finish(ladder)

    assert [await ladders.differences(one.order_id) for one in placed] == [[], [], [], []]
    assert {(await campaigns.participation(one.order_id)).status for one in placed} == {"confirmed"}
    await check(shop)


async def test_units_that_went_back_before_get_no_difference(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((3, 3990),))
    placed = await campaigns.join_and_pay(ladder, units=3)
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="one too many")

    await ladders.finish(ladder)

    assert await ladders.differences(placed.order_id) == [2000]
    assert (await _order(placed.order_id)).refunded_amount == 4990 + 2000
    await check(shop)


async def test_money_given_back_without_goods_only_bounds_what_can_still_come_back(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    little, much = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await request_refund(little.order_id, amount=500, reason="a bruise")
    await request_refund(much.order_id, amount=4690, reason="many bruises")

    await ladders.finish(ladder)

    assert await ladders.differences(little.order_id) == [1000]
    assert await ladders.differences(much.order_id) == [299]  # a cent stays, so that it is still sent
    await check(shop)


async def test_the_promoter_keeps_the_share_of_the_final_price(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3333),))
    visitor, link = new_id(), await earning.link(await earning.promoter(rate_bps=777))
    await earning.click(link, visitor=visitor)
    placed = await campaigns.join(ladder, visitor=visitor, units=2)
    await decide_attribution(placed.order_id)
    await campaigns.pay(placed)

    await ladders.finish(ladder)

    async with tenants.transaction():
        (line,) = await commissions.lines_of(placed.order_id)
    assert line.base_amount == 9980
    assert line.amount - line.reversed_amount == 6666 * 777 // 10_000
    await check(shop)


async def test_a_coupon_that_counted_still_counts_at_the_final_price(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),), takes_coupons=True)
    coupon = await saving.coupon(kind="threshold", amount=1000, from_amount=4500)
    placed = await ladders.join_saving(ladder, {(await campaigns.item(ladder.id)).variant: 1}, coupon=coupon.id)
    await campaigns.pay(placed)
    await campaigns.join_and_pay(ladder)

    await ladders.finish(ladder)

    order = await _order(placed.order_id)
    assert (order.paid_amount, order.refunded_amount) == (3990, 1000)
    await check(shop)


async def test_a_settlement_told_twice_and_at_once_gives_back_once(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await ladders.finish(ladder, work=False)

    await asyncio.gather(*(settle_ladder(one.order_id) for one in placed for _ in range(4)))
    await asyncio.gather(*(settle_campaign(ladder.id) for _ in range(3)))
    await ladders.work_off()

    assert [await ladders.differences(one.order_id) for one in placed] == [[1000], [1000]]
    await check(shop)


async def test_a_refund_the_provider_refuses_stands_in_nobodys_way(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),))
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await ladders.finish(ladder, work=False)
    await jobs.work(*ladders.ELSEWHERE)
    async with tenants.transaction():
        (refund,) = await payments.refunds_of(placed[0].order_id)
        await payments.fail_refund(refund.id, "insufficient_funds")

    await ladders.work_off()

    progress = await ladders.progress(ladder.id)
    assert (progress.orders, progress.settled, progress.done, progress.failed) == (2, 2, 1, 1)
    assert (await campaigns.look(ladder.id)).status == "settled"
    await check(shop)


async def test_a_plain_order_is_not_settled(shop: Tenant) -> None:
    placed = await selling.paid_order()

    with pytest.raises(NotFound):
        await settle_ladder(placed.order_id)


async def test_a_ladder_closed_early_is_settled_the_same_way(shop: Tenant) -> None:
    ladder = await ladders.ladder(stairs=((2, 3990),), hours=48)
    placed = [await campaigns.join_and_pay(ladder) for _ in range(2)]
    await close_campaign(ladder.id)
    assert (await campaigns.look(ladder.id)).status == "open"

    await ladders.finish(ladder)

    assert [await ladders.differences(one.order_id) for one in placed] == [[1000], [1000]]


async def test_another_store_sees_nothing_of_it(shop: Tenant, other_shop: Tenant) -> None:
    ladder = await ladders.ladder()
    await campaigns.join_and_pay(ladder)
    await ladders.finish(ladder)

    with tenants.bind(other_shop):
        assert await ladders.final(ladder.id) is None
        assert (await ladders.progress(ladder.id)).orders == 0
