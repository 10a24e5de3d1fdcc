"""What a warehouse misses is sent from elsewhere or paid back, and a lost parcel is sent again once."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid5

import pytest

import tenants
from app import fulfillment, inventory, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import NothingToRefund, request_refund
from app.flows.reship_parcel import reship_parcel
from app.flows.settle_short import (
    NobodyHasIt,
    NothingMissing,
    StillPaidFor,
    leave_out_missing,
    reroute_short,
)
from app.flows.take_notice import take_notice
from app.fulfillment import RoutingPolicy, SentAgain, WorkOrder
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.payments import RefundLine
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice, ShortLine, ShortNotice
from tenants import Tenant
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.invariants import check


async def _accepted(made: selling.Offer, quantity: int) -> tuple[UUID, WorkOrder, UUID]:
    """Order, its work order at the default warehouse, its line."""
    placed = await selling.paid_order(made, quantity=quantity)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.mark_accepted(work_order.id, "W1")
        (line,) = await orders.lines_of(placed.order_id)
    return placed.order_id, work_order, line.id


async def _told_missing(work_order: WorkOrder, line: UUID, units: int) -> None:
    lines = (ShortLine(str(line), "", units),)
    await take_notice(ShortNotice(new_id().hex, work_order.reference, lines, "not found", now()), "{}")


async def _parcel(work_order: WorkOrder, line: UUID, units: int, number: str) -> None:
    parcel = Parcel(number, "SF", "SF", now(), (ParcelLine(str(line), "", units),))
    await take_notice(ShipmentNotice(number, work_order.reference, parcel, complete=False), "{}")


async def _on_hand(made: selling.Offer) -> int:
    async with tenants.transaction():
        return (await inventory.figures_of([made.variant]))[made.variant].on_hand


async def test_missing_units_leave_another_warehouse_under_a_new_reference(shop: Tenant) -> None:
    peaches = await selling.offer(stock=9)
    order_id, work_order, line = await _accepted(peaches, 5)
    await selling.stock_at(peaches, await selling.warehouse("South"), 4)

    await _told_missing(work_order, line, 2)
    await asyncio.gather(
        *(reroute_short(work_order.id, by="lin") for _press in range(2)), return_exceptions=True
    )  # fmt: skip
    await _parcel(work_order, line, 3, "SF1")
    async with tenants.transaction():
        _first, second = await fulfillment.work_orders_of(order_id)
        asked = [line.asked for line in await fulfillment.progress(second.id)]
    await _parcel(second, line, 2, "SF2")

    assert (second.reference[-2:], asked) == ("-2", [2])
    async with tenants.transaction():
        assert (await orders.find(order_id)).fulfillment_status == "fulfilled"
        assert [one.status for one in await fulfillment.work_orders_of(order_id)] == ["closed", "closed"]
    assert await _on_hand(peaches) == 2  # of 13, 5 left, 2 never were there and 4 were written down with them
    await check(shop)


async def test_the_money_for_a_missing_unit_leaves_the_one_alone_that_another_warehouse_has(shop: Tenant) -> None:
    """The unit that nobody had sent yet was called off instead, and the missing one was waited for."""
    peaches, south = await selling.offer(stock=1), await selling.warehouse("South")
    await selling.stock_at(peaches, south, 1)
    placed = await selling.paid_order(peaches, quantity=2)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        work_orders = await fulfillment.work_orders_of(placed.order_id)
        here, there = sorted(work_orders, key=lambda one: one.warehouse == south)
        await fulfillment.mark_submitted(there.id)
        await fulfillment.mark_accepted(there.id, "W1")
        (line,) = await orders.lines_of(placed.order_id)

    await _told_missing(there, line.id, 1)
    await request_refund(placed.order_id, lines=[RefundLine(line.id, 1)], reason="short_pick")

    async with tenants.transaction():
        asked = {one.id: await fulfillment.progress(one.id) for one in work_orders}
        assert await fulfillment.missing_units(placed.order_id) == {}
    assert ([line.asked for line in asked[here.id]], asked[there.id]) == ([1], [])
    assert await _on_hand(peaches) == 1
    await check(shop)


async def test_a_missing_gift_is_left_out_and_paid_goods_are_not(shop: Tenant) -> None:
    session, peaches = await shows.on_air(), await selling.offer(stock=9)
    cup = await selling.offer(title="Tea cup", stock=9)
    await shows.gift(session, await shows.shown(session, peaches), cup)
    placed = await selling.paid_order(peaches)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.mark_accepted(work_order.id, "W1")
        goods, present = await orders.lines_of(placed.order_id)

    await _told_missing(work_order, present.id, 1)
    with pytest.raises(NothingToRefund):
        await request_refund(placed.order_id, lines=[RefundLine(present.id, 1)], reason="short_pick")
    await leave_out_missing(work_order.id, by="lin")
    with pytest.raises(NothingMissing):
        await leave_out_missing(work_order.id, by="lin")
    await _told_missing(work_order, goods.id, 1)
    with pytest.raises(StillPaidFor):
        await leave_out_missing(work_order.id, by="lin")
    await _parcel(work_order, goods.id, 1, "SF1")

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).fulfillment_status == "fulfilled"
    assert (await selling.stock_of(cup))["allocated"] == 0
    await check(shop)


async def test_a_replacement_nobody_has_ends(shop: Tenant) -> None:
    peaches = await selling.offer(stock=9)
    order_id, work_order, line = await _accepted(peaches, 1)
    await _parcel(work_order, line, 1, "SF1")
    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(order_id)
    number = await reship_parcel(order_id, parcel.id, reason="lost", words="", by="lin")
    async with tenants.transaction():
        again = await orders.find_by_number(number)
    await plan_fulfillment(again.id)
    async with tenants.transaction():
        (second,) = await fulfillment.work_orders_of(again.id)
        await fulfillment.mark_submitted(second.id)
        await fulfillment.mark_accepted(second.id, "W2")
        (its_line,) = await orders.lines_of(again.id)
    await _told_missing(second, its_line.id, 1)

    await leave_out_missing(second.id, by="lin")

    async with tenants.transaction():
        assert (await orders.find(again.id)).fulfillment_status == "canceled"
        assert await fulfillment.exceptions_of(again.id) == []
    await check(shop)


async def test_what_nobody_has_waits_and_its_money_can_go_back(shop: Tenant) -> None:
    peaches = await selling.offer(stock=5)
    order_id, work_order, line = await _accepted(peaches, 5)
    await _told_missing(work_order, line, 2)
    await _parcel(work_order, line, 3, "SF1")

    with pytest.raises(NobodyHasIt):
        await reroute_short(work_order.id, by="lin")
    async with tenants.transaction():
        kinds = [one.kind for one in await fulfillment.exceptions_of(order_id)]
    for _press in range(2):
        source = uuid5(work_order.id, "missing")
        await asyncio.gather(
            request_refund(order_id, lines=[RefundLine(line, 2)], reason="short_pick", source_id=source),
            return_exceptions=True,
        )

    assert kinds == ["short_pick"]
    with pytest.raises(NothingMissing):
        await reroute_short(work_order.id, by="lin")
    async with tenants.transaction():
        order = await orders.find(order_id)
        assert order.fulfillment_status == "fulfilled"
        assert await fulfillment.exceptions_of(order_id) == []
    assert await _on_hand(peaches) == 0
    await check(shop)


async def test_the_stores_rule_asks_for_another_warehouse_by_itself(shop: Tenant) -> None:
    async with tenants.transaction():
        await fulfillment.save_routing(RoutingPolicy(shorts="reroute"), seen=0, by="lin")
    _order, work_order, line = await _accepted(await selling.offer(stock=5), 2)

    await _told_missing(work_order, line, 1)

    assert await selling.jobs("fulfillment.reroute_short") == 1


async def test_a_lost_parcel_is_sent_again_once_and_for_nothing(shop: Tenant) -> None:
    peaches = await selling.offer(stock=5)
    order_id, work_order, line = await _accepted(peaches, 2)
    await _parcel(work_order, line, 2, "SF1")
    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(order_id)

    outcomes = await asyncio.gather(
        *(reship_parcel(order_id, parcel.id, reason="lost", words="", by="lin") for _press in range(3)),
        return_exceptions=True,
    )

    numbers = [one for one in outcomes if isinstance(one, str)]
    assert len(numbers) == 1
    assert {type(one) for one in outcomes} == {str, SentAgain}
    async with tenants.transaction():
        again = await orders.find_by_number(numbers[0])
        assert (again.total_amount, again.payment_status) == (0, "paid")
    await plan_fulfillment(again.id)
    async with tenants.transaction():
        (second,) = await fulfillment.work_orders_of(again.id)
    assert second.reference == f"{numbers[0]}-1"
    assert await selling.shelves_of(again.id) == [(2, "Cloud warehouse")]
    await check(shop)
