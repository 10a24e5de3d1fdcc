"""Giving back units and amounts of lines: never more than is left, and the goods follow."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import fulfillment, ledger, orders, payments
from app.flows.place_order import Placed
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.request_refund import NothingToRefund, UnitsAtWarehouse, request_refund, retry_refund
from app.flows.settle_refund import settle_refund
from app.flows.take_notice import take_notice
from app.fulfillment import WorkOrder
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from app.payments import RefundLine
from infra.payment.port import RefundState
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _settle(refund: payments.Refund, status: str = "succeeded") -> None:
    await settle_refund(RefundState(refund.number, "", status, refund.amount, refund.currency))  # type: ignore[arg-type]


async def _lines(placed: Placed) -> list[orders.Line]:
    async with tenants.transaction():
        return await orders.lines_of(placed.order_id)


async def _order(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)


async def _planned(placed: Placed) -> WorkOrder:
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def _ship(placed: Placed, units: int, *, complete: bool = True) -> None:
    work_order, (line,) = await _planned(placed), await _lines(placed)
    await prepare(work_order.id)
    parcel = Parcel(f"SF{new_id().hex[-8:]}", "sf", "SF", now(), (ParcelLine(str(line.id), line.sku, units),))
    await take_notice(ShipmentNotice(new_id().hex, work_order.reference, parcel, complete), "{}")


async def _freight(amount: int) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = $1", amount)


async def test_units_of_one_line_come_back_with_their_part_of_it(shop: Tenant) -> None:
    await _freight(800)
    placed = await selling.paid_order(await selling.offer(price=1000), await selling.offer(price=500), quantity=3)
    first, second = await _lines(placed)

    (refund,) = await request_refund(placed.order_id, lines=[RefundLine(first.id, 2)], reason="bruised")
    await _settle(refund)

    async with tenants.transaction():
        back = await payments.back_of(placed.order_id)
        books = {balance.kind: balance.amount for balance in await ledger.balances()}
    assert refund.amount == 2000
    assert (back[first.id].quantity, back[first.id].goods_amount) == (2, 2000)
    assert second.id not in back
    assert books == {"psp_clearing": 3300, "merchant_sales": -2500, "freight_income": -800}
    assert (await _order(placed)).payment_status == "partially_refunded"
    await check(shop)


async def test_delivery_alone_can_be_given_back_once(shop: Tenant) -> None:
    await _freight(800)
    placed = await selling.paid_order(await selling.offer(price=1000))

    (refund,) = await request_refund(placed.order_id, freight_amount=800, reason="too late")
    await _settle(refund)

    async with tenants.transaction():
        books = {balance.kind: balance.amount for balance in await ledger.balances()}
    assert books == {"psp_clearing": 1000, "merchant_sales": -1000, "freight_income": 0}
    with pytest.raises(InvalidInput):
        await request_refund(placed.order_id, freight_amount=1, reason="too late")
    await check(shop)


async def test_many_refunds_of_one_line_end_at_the_cent(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=333), quantity=3)
    (line,) = await _lines(placed)

    for wish in (RefundLine(line.id, 1), RefundLine(line.id, 0, 5), RefundLine(line.id, 1)):
        for refund in await request_refund(placed.order_id, lines=[wish], reason="bruised"):
            await _settle(refund)
    (rest,) = await request_refund(placed.order_id, amount=None, reason="bruised")
    await _settle(rest)

    assert (await _order(placed)).payment_status == "refunded"
    with pytest.raises(NothingToRefund):
        await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="bruised")
    await check(shop)


async def test_two_people_cannot_give_the_same_unit_back(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))
    (line,) = await _lines(placed)

    outcomes = await asyncio.gather(
        *(request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="x") for _person in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NothingToRefund"] * 3 + ["list"]
    await check(shop)


async def test_the_same_request_asked_again_answers_the_same(shop: Tenant) -> None:
    placed, source = await selling.paid_order(await selling.offer(price=1000)), new_id()

    answers = [await request_refund(placed.order_id, amount=300, reason="x", source_id=source) for _try in range(3)]

    assert len({refund.id for answer in answers for refund in answer}) == 1
    await check(shop)


async def test_units_nobody_sent_yet_are_for_sale_again(shop: Tenant) -> None:
    peaches = await selling.offer(price=1000, stock=10)
    placed = await selling.paid_order(peaches, quantity=3)
    work_order, (line,) = await _planned(placed), await _lines(placed)

    await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="changed mind")

    async with tenants.transaction():
        (asked,) = await fulfillment.progress(work_order.id)
    assert asked.asked == 2
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 2}
    await check(shop)


async def test_an_order_of_which_nothing_is_left_to_send_is_not_sent(shop: Tenant) -> None:
    peaches = await selling.offer(price=1000, stock=10)
    placed = await selling.paid_order(peaches, quantity=2)
    work_order, (line,) = await _planned(placed), await _lines(placed)

    await request_refund(placed.order_id, lines=[RefundLine(line.id, 2)], reason="changed mind")

    assert await prepare(work_order.id) is None
    assert (await _order(placed)).fulfillment_status == "canceled"
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_units_the_warehouse_packs_are_not_given_back_but_an_amount_is(shop: Tenant) -> None:
    peaches = await selling.offer(price=1000, stock=10)
    placed = await selling.paid_order(peaches, quantity=2)
    await prepare((await _planned(placed)).id)
    (line,) = await _lines(placed)

    with pytest.raises(UnitsAtWarehouse):
        await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="changed mind")
    (refund,) = await request_refund(placed.order_id, lines=[RefundLine(line.id, 0, 1000)], reason="bruised")

    assert refund.amount == 1000
    assert (await selling.stock_of(peaches))["allocated"] == 2
    await check(shop)


@pytest.mark.parametrize(("restock", "on_hand"), [(True, 9), (False, 8)])
async def test_units_that_came_back_return_to_the_shelf_when_that_is_wished(
    shop: Tenant, restock: bool, on_hand: int
) -> None:
    peaches = await selling.offer(price=1000, stock=10)
    placed = await selling.paid_order(peaches, quantity=2)
    await _ship(placed, 2)
    (line,) = await _lines(placed)

    (refund,) = await request_refund(
        placed.order_id, lines=[RefundLine(line.id, 1)], reason="too small", restock=restock
    )
    before = (await selling.stock_of(peaches))["on_hand"]
    for _copy in range(2):
        await _settle(refund)

    assert before == 8
    assert await selling.stock_of(peaches) == {"on_hand": on_hand, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_what_will_never_come_ends_the_order_when_it_is_given_back(shop: Tenant) -> None:
    peaches = await selling.offer(price=1000, stock=10)
    placed = await selling.paid_order(peaches, quantity=2)
    await _ship(placed, 1)
    (line,) = await _lines(placed)
    assert (await _order(placed)).fulfillment_status == "partially_fulfilled"

    await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="short")

    assert (await _order(placed)).fulfillment_status == "fulfilled"
    assert await selling.stock_of(peaches) == {"on_hand": 9, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_a_failed_refund_is_tried_again_by_itself_a_few_times_and_by_hand_for_ever(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))
    (refund,) = await request_refund(placed.order_id, amount=None, reason="bruised")

    for _try in range(9):
        await _settle(refund, "failed")
        assert await retry_refund(refund.id)

    assert await selling.jobs("payments.refund_again") >= 1
    await _settle(refund)
    assert not await retry_refund(refund.id, only_failed=True)
    await check(shop)


async def test_a_refund_from_before_refunds_had_lines_counts_as_spread_over_all_of_them(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), await selling.offer(price=3000))
    (old,) = await request_refund(placed.order_id, amount=400, reason="old")
    async with tenants.transaction():
        await tenants.connection().execute("DELETE FROM refund_line")
    first, second = await _lines(placed)

    with pytest.raises(InvalidInput):
        await request_refund(placed.order_id, lines=[RefundLine(first.id, 0, 901)], reason="x")
    await _settle(old)
    (rest,) = await request_refund(placed.order_id, amount=None, reason="x")

    assert rest.amount == 3600
    async with tenants.transaction():
        back = await payments.back_of(placed.order_id)
    assert (back[first.id].goods_amount, back[second.id].goods_amount) == (100, 300)
    await check(shop)
