"""A shopper takes units out of an order: at once, by way of the warehouse, or not any more."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid4

import httpx
import pytest

import tenants
from app import fulfillment, inventory, orders, payments
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.stop_work_order import stop_at_warehouse
from app.flows.take_notice import take_notice
from app.fulfillment import trouble
from app.kernel.clock import now
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.builders_aftersales import context, lines_of, order_of
from tests.functional.conftest import Visitor, store_address
from tests.invariants import check
from tests.scripted_warehouse import Asked, asked_to_stop
from workers.fulfillment import refund_stopped

TEA, CUP = 1000, 700


@pytest.fixture
def answers() -> Iterator[Asked]:
    with asked_to_stop() as asked:
        yield asked


@pytest.fixture(autouse=True)
def reads_english(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "en"


async def _order(*, pushed: bool = False) -> tuple[UUID, UUID]:
    """Two teas and two cups, paid and planned, and their work order; `pushed` says that its warehouse has it."""
    tea = await selling.offer(title="Tea", price=TEA, stock=10)
    cup = await selling.offer(title="Cup", price=CUP, stock=10)
    placed = await selling.paid_order(tea, cup, quantity=2)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
    if pushed:
        await prepare(work.id)
        async with tenants.transaction():
            await fulfillment.mark_accepted(work.id, "W1")
    return placed.order_id, work.id


async def _place(shop: Tenant, order_id: UUID, below: str = "/unwanted") -> str:
    order = await order_of(order_id)
    return store_address(shop, f"/orders/{order.number}{below}?key={orders.access_key(order_id)}")


async def _take_out(visitor: Visitor, shop: Tenant, order_id: UUID, *units: int) -> httpx.Response:
    """So many of each line."""
    fields = {
        f"units_{line.id}": str(count) for line, count in zip(await lines_of(order_id), units, strict=False) if count
    }
    place = await _place(shop, order_id)
    return await visitor.submit(place, fields, page=place)


async def _asked(work: UUID) -> dict[UUID, int]:
    async with tenants.transaction():
        return {line.order_line: line.asked for line in await fulfillment.progress(work)}


async def _refunds(order_id: UUID) -> list[int]:
    async with tenants.transaction():
        return [refund.amount for refund in await payments.refunds_of(order_id)]


async def _leaves(order_id: UUID, work: UUID, *units: int) -> None:
    number = f"SF{uuid4().hex[:10].upper()}"
    lines = [
        ParcelLine(str(line.id), line.sku, count)
        for line, count in zip(await lines_of(order_id), units, strict=False)
        if count
    ]
    async with tenants.transaction():
        reference = (await fulfillment.find(work)).reference
    parcel = Parcel(number, "shunfeng", "SF", now(), tuple(lines))
    await take_notice(ShipmentNotice(number, reference, parcel, complete=False), "")


async def test_unsent_units_are_taken_out_and_the_rest_is_sent(shop: Tenant, visitor: Visitor) -> None:
    order_id, work = await _order()
    tea, cup = await lines_of(order_id)
    place = await _place(shop, order_id)

    asked = (await visitor.get(f"{place}&units_{tea.id}=1")).text
    answer = await _take_out(visitor, shop, order_id, 1)

    assert "Take these out?" in asked
    assert "10.00" in asked
    assert (answer.status_code, await _refunds(order_id)) == (303, [TEA])
    assert await _asked(work) == {tea.id: 1, cup.id: 2}
    assert (await order_of(order_id)).status == "placed"
    await check(shop)


async def test_what_the_warehouse_has_is_asked_for_first_and_the_rest_leaves_again(
    shop: Tenant, visitor: Visitor, answers: Asked
) -> None:
    order_id, work = await _order(pushed=True)
    tea = (await lines_of(order_id))[0]

    await _take_out(visitor, shop, order_id, 0, 2)
    page = (await visitor.get(await _place(shop, order_id, ""))).text
    assert "We asked the warehouse to take out what you do not want" in page
    assert await _refunds(order_id) == []

    await stop_at_warehouse(work)
    await _follow(order_id)

    assert await _refunds(order_id) == [2 * CUP]
    async with tenants.transaction():
        _old, again = await fulfillment.work_orders_of(order_id)
    assert (await _asked(again.id), again.status) == ({tea.id: 2}, "open")
    await check(shop)


async def _follow(order_id: UUID) -> None:
    async with tenants.transaction():
        source = await tenants.connection().fetchval(
            "SELECT payload->>'source' FROM outbox WHERE kind = 'payments.refund_stopped'"
        )
    await refund_stopped(context("payments.refund_stopped"), order_id=str(order_id), source=source)


async def test_a_warehouse_that_says_no_sends_everything_and_the_shopper_reads_so(
    shop: Tenant, visitor: Visitor, answers: Asked
) -> None:
    order_id, work = await _order(pushed=True)
    answers.no = "already_shipped"

    await _take_out(visitor, shop, order_id, 1)
    await stop_at_warehouse(work)
    await _follow(order_id)

    assert await _refunds(order_id) == []
    assert "It was too late to take them out" in (await visitor.get(await _place(shop, order_id, ""))).text
    async with tenants.transaction():
        assert await fulfillment.open_exceptions() == {trouble.FAILED_INTERCEPT: 1}


async def test_what_has_left_is_refused_with_the_way_to_a_return(shop: Tenant, visitor: Visitor) -> None:
    order_id, work = await _order(pushed=True)
    await _leaves(order_id, work, 2, 0)

    gone = await _take_out(visitor, shop, order_id, 1, 0)
    with_it = await _take_out(visitor, shop, order_id, 0, 1)

    assert (gone.status_code, with_it.status_code) == (409, 409)
    assert "When it has arrived, you can send it back" in gone.text
    assert "A part of this parcel has left already" in with_it.text
    assert await _refunds(order_id) == []


async def test_what_another_warehouse_sent_is_not_paid_for_what_did_not_leave(shop: Tenant, visitor: Visitor) -> None:
    tea = await selling.offer(title="Tea", price=TEA, stock=1)
    await selling.stock_at(tea, await selling.warehouse("Elsewhere"), 2)
    placed = await selling.paid_order(tea, quantity=3)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        works = await fulfillment.work_orders_of(placed.order_id)
    one, two = sorted(works, key=lambda work: work.reference)
    asked = {work.id: sum((await _asked(work.id)).values()) for work in (one, two)}
    gone = one if asked[one.id] == 1 else two
    await _leaves(placed.order_id, gone.id, 1)

    too_many = await _take_out(visitor, shop, placed.order_id, 3)
    await _take_out(visitor, shop, placed.order_id, 1)

    assert "Of Tea only 2 can still be taken out" in too_many.text
    assert await _refunds(placed.order_id) == [TEA]
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
        assert (await inventory.standing_of(placed.order_id))[line.id].promised == 1
    await check(shop)


async def test_who_wants_nothing_of_it_calls_it_off(shop: Tenant, visitor: Visitor) -> None:
    order_id, _work = await _order()

    await _take_out(visitor, shop, order_id, 2, 2)

    order = await order_of(order_id)
    assert (order.status, await _refunds(order_id)) == ("canceled", [order.total_amount])
    await check(shop)


async def test_who_waits_for_a_group_takes_nothing_out(shop: Tenant, visitor: Visitor) -> None:
    team = await campaigns.campaign(kind="presale")
    placed = await campaigns.join_and_pay(team, units=2)

    answer = await _take_out(visitor, shop, placed.order_id, 1)

    assert answer.status_code == 409
    assert "Nothing can be taken out" in answer.text


async def test_a_stranger_and_another_store_find_nothing(shop: Tenant, other_shop: Tenant, visitor: Visitor) -> None:
    order_id, _work = await _order()
    number, key = (await order_of(order_id)).number, orders.access_key(order_id)

    stranger = await visitor.get(store_address(shop, f"/orders/{number}/unwanted"))
    elsewhere = await visitor.get(store_address(other_shop, f"/orders/{number}/unwanted?key={key}"))

    assert (stranger.status_code, elsewhere.status_code) == (404, 404)
