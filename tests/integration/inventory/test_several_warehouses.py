"""A line that no warehouse has by itself is promised over several, and whatever happens to it happens to all parts."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import fulfillment, inventory, orders
from app.flows.cancel_order import cancel_order
from app.flows.edit_order import reduce_unpaid
from app.flows.place_order import Placed, place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import request_refund
from app.flows.take_notice import take_notice
from app.kernel.clock import now
from app.payments import RefundLine
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.invariants import check


async def _spread(*units: int, safety: int = 0) -> selling.Offer:
    """The default warehouse has the first count, new ones the others."""
    made = await selling.offer(stock=units[0])
    for place, count in enumerate(units[1:], 2):
        await selling.stock_at(made, await selling.warehouse(f"Place {place}"), count, safety=safety)
    return made


async def test_many_buyers_get_every_unit_of_three_warehouses_and_not_one_more(shop: Tenant) -> None:
    scarce = await _spread(7, 8, 10)
    carts = [await selling.fill_cart(scarce, quantity=2) for _buyer in range(16)]

    outcomes = await asyncio.gather(
        *(place_order(cart, visitor, selling.checkout()) for visitor, cart in carts), return_exceptions=True
    )

    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert (kinds.count("Placed"), kinds.count("NotEnoughStock")) == (12, 4)
    await check(shop)


async def test_a_line_is_split_only_when_no_warehouse_has_enough(shop: Tenant) -> None:
    peaches = await _spread(3, 5, 2)

    whole = await selling.order(peaches, quantity=4)
    split = await selling.order(peaches, quantity=5)

    assert [units for units, _place in await selling.shelves_of(whole.order_id)] == [4]
    assert [units for units, _place in await selling.shelves_of(split.order_id)] == [3, 2]
    await check(shop)


async def test_a_refusal_says_what_all_warehouses_have_together(shop: Tenant) -> None:
    peaches = await _spread(3, 2)
    visitor, cart = await selling.fill_cart(peaches, quantity=5)
    await selling.order(peaches)

    with pytest.raises(inventory.NotEnoughStock) as refused:
        await place_order(cart, visitor, selling.checkout())

    assert refused.value.details["left"] == 4
    await check(shop)


async def test_what_is_kept_back_and_what_a_paused_warehouse_has_is_promised_to_nobody(shop: Tenant) -> None:
    peaches = await _spread(2, 4, safety=3)
    await selling.stock_at(peaches, await selling.warehouse("Paused", status="paused"), 50)

    placed = await selling.order(peaches, quantity=3)
    async with tenants.transaction():
        figures = (await inventory.figures_of([peaches.variant]))[peaches.variant]
    with pytest.raises(inventory.NotEnoughStock):
        await selling.order(peaches)

    assert await selling.shelves_of(placed.order_id) == [(2, "Cloud warehouse"), (1, "Place 2")]
    assert figures.for_sale == 0
    await check(shop)


async def _pay_and_plan(placed: Placed) -> list[fulfillment.WorkOrder]:
    await campaigns.pay(placed)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        return await fulfillment.work_orders_of(placed.order_id)


async def _line(order_id: UUID) -> UUID:
    async with tenants.transaction():
        return (await orders.lines_of(order_id))[0].id


async def _seq(order_id: UUID) -> int:
    async with tenants.transaction():
        return (await orders.find(order_id)).event_seq


async def test_each_warehouse_ships_its_part_and_the_order_is_fulfilled_with_the_last(shop: Tenant) -> None:
    peaches = await _spread(3, 2)
    placed = await selling.order(peaches, quantity=5)
    work_orders = await _pay_and_plan(placed)
    line = await _line(placed.order_id)

    seen = []
    for number, (work_order, units) in enumerate(zip(work_orders, (3, 2), strict=True), 1):
        async with tenants.transaction():
            (asked,) = await fulfillment.progress(work_order.id)
        parcel = Parcel(f"SF{number}", "SF", "SF", now(), (ParcelLine(str(line), "", asked.asked),))
        await take_notice(ShipmentNotice(f"n{number}", work_order.reference, parcel, complete=True), "{}")
        async with tenants.transaction():
            seen.append(((await orders.find(placed.order_id)).fulfillment_status, units))

    assert [status for status, _units in seen] == ["partially_fulfilled", "fulfilled"]
    async with tenants.transaction():
        figures = (await inventory.figures_of([peaches.variant]))[peaches.variant]
        standing = (await inventory.standing_of(placed.order_id))[line]
    assert (figures.on_hand, figures.allocated) == (0, 0)
    assert (standing.promised, standing.shipped) == (0, 5)
    await check(shop)


async def test_refunded_units_are_taken_off_the_smaller_part_first(shop: Tenant) -> None:
    peaches = await _spread(3, 2)
    placed = await selling.order(peaches, quantity=5)
    await _pay_and_plan(placed)

    await request_refund(placed.order_id, reason="too_many", lines=[RefundLine(await _line(placed.order_id), 3)])

    assert [units for units, _place in await selling.shelves_of(placed.order_id)] == [2]
    async with tenants.transaction():
        statuses = sorted(each.status for each in await fulfillment.work_orders_of(placed.order_id))
        (figures,) = (await inventory.figures_of([peaches.variant])).values()
    assert statuses == ["canceled", "open"]
    assert figures.for_sale == 3
    await check(shop)


async def test_fewer_units_of_an_unpaid_order_and_none_free_all_parts(shop: Tenant) -> None:
    peaches = await _spread(3, 2)
    placed = await selling.order(peaches, quantity=5)

    await reduce_unpaid(placed.order_id, await _seq(placed.order_id), {await _line(placed.order_id): 2}, actor="lin")
    fewer = await selling.shelves_of(placed.order_id)
    await cancel_order(placed.order_id, actor="shopper")

    assert fewer == [(2, "Cloud warehouse")]
    assert await selling.shelves_of(placed.order_id) == []
    await check(shop)
