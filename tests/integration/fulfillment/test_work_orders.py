"""What people do with work orders: nothing leaves twice, nothing is lost, and a reference keeps its meaning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare, push_fulfillment
from app.flows.release_work_order import release_work_order
from app.flows.split_work_order import LooksDifferent, merge_work_orders, split_work_order
from app.flows.stop_work_order import ask_to_readdress, ask_to_stop, ask_to_stop_order, stop_at_warehouse
from app.flows.work_order_steps import TooLateToStop
from app.fulfillment import AlreadySent, AlreadyStopping, NothingToSplit, NotMergeable, trouble
from app.inventory import GoneMeanwhile
from tenants import Tenant
from tests import invariants
from tests.builders_running import Rehearsal, eventually, rehearsing
from tests.builders_selling import Offer, offer, paid_order, stock_at, stock_of, warehouse
from tests.scripted_warehouse import Scripted, played_by

NEVER = 3_600_000


@pytest.fixture
async def rehearsal(shop: Tenant, tmp_path: Path) -> AsyncIterator[Rehearsal]:
    async with rehearsing(tmp_path) as found:
        yield found


async def _work_of(order_id: UUID) -> list[fulfillment.WorkOrder]:
    async with tenants.transaction():
        return await fulfillment.work_orders_of(order_id)


async def _planned(made: Offer, quantity: int = 3) -> fulfillment.WorkOrder:
    placed = await paid_order(made, quantity=quantity)
    await plan_fulfillment(placed.order_id)
    (work_order,) = await _work_of(placed.order_id)
    return work_order


async def _asked(work_order: UUID) -> dict[UUID, int]:
    async with tenants.transaction():
        return {line.order_line: line.asked for line in await fulfillment.progress(work_order)}


async def _accepted(order_id: UUID) -> fulfillment.WorkOrder:
    async def look() -> Any:
        return [each for each in await _work_of(order_id) if each.status == "accepted"]

    found: list[fulfillment.WorkOrder] = await eventually(look)
    return found[0]


async def _state(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def test_a_divided_work_order_ships_all_of_it_in_two(shop: Tenant, rehearsal: Rehearsal) -> None:
    async with tenants.transaction():
        await fulfillment.change_shipping_terms(fulfillment.Terms(release="manual"), by="Su")
    peaches = await offer(stock=10)
    work_order = await _planned(peaches)
    (line,) = await _asked(work_order.id)

    reference = await split_work_order(work_order.id, 3, {line: 1}, actor="Su")
    for each in await _work_of(work_order.order_id):
        await release_work_order(each.id, actor="Su")

    async def arrived() -> bool:
        return (await _state(work_order.order_id)).status == "completed"

    await eventually(arrived)
    counts = [await rehearsal.count(each) for each in (work_order.reference, reference)]
    assert [count.shipped for count in counts if count] == [1, 1]
    assert await stock_of(peaches) == {"on_hand": 7, "reserved": 0, "allocated": 0}
    await invariants.check(shop)


async def test_a_part_goes_now_and_the_rest_waits(shop: Tenant) -> None:
    work_order = await _planned(await offer())
    (line,) = await _asked(work_order.id)

    await split_work_order(work_order.id, 3, {line: 2}, actor="Su", rest_waits=True)

    here, rest = await _work_of(work_order.order_id)
    assert [(each.reference[-1], each.status) for each in (here, rest)] == [("1", "open"), ("2", "on_hold")]
    assert (await _asked(here.id), await _asked(rest.id)) == ({line: 1}, {line: 2})
    assert await prepare(rest.id) is None
    await release_work_order(rest.id, actor="Su")
    assert await prepare(rest.id) is not None


async def test_pressing_twice_divides_once(shop: Tenant) -> None:
    work_order = await _planned(await offer())
    (line,) = await _asked(work_order.id)
    await split_work_order(work_order.id, 3, {line: 1}, actor="Su")

    with pytest.raises(LooksDifferent):
        await split_work_order(work_order.id, 3, {line: 1}, actor="Su")

    assert len(await _work_of(work_order.order_id)) == 2


@pytest.mark.parametrize("units", [0, 3, 4])
async def test_something_moves_and_something_stays(shop: Tenant, units: int) -> None:
    work_order = await _planned(await offer())
    (line,) = await _asked(work_order.id)

    with pytest.raises(NothingToSplit):
        await split_work_order(work_order.id, 3, {line: units}, actor="Su")


async def test_what_was_sent_is_not_divided_or_joined(shop: Tenant) -> None:
    work_order = await _planned(await offer())
    (line,) = await _asked(work_order.id)
    await split_work_order(work_order.id, 3, {line: 1}, actor="Su")
    first, second = await _work_of(work_order.order_id)
    assert await prepare(first.id) is not None

    with pytest.raises(AlreadySent):
        await split_work_order(first.id, 2, {line: 1}, actor="Su")
    with pytest.raises(NotMergeable):
        await merge_work_orders(second.id, first.id, actor="Su")
    with pytest.raises(NotMergeable):
        await merge_work_orders(second.id, second.id, actor="Su")


async def test_two_unsent_are_joined_to_one(shop: Tenant) -> None:
    work_order = await _planned(await offer())
    (line,) = await _asked(work_order.id)
    await split_work_order(work_order.id, 3, {line: 1}, actor="Su")
    first, second = await _work_of(work_order.order_id)

    await merge_work_orders(first.id, second.id, actor="Su")

    assert await _asked(first.id) == {line: 3}
    assert [each.status for each in await _work_of(work_order.order_id)] == ["open", "canceled"]
    with pytest.raises(NotMergeable):
        await merge_work_orders(first.id, second.id, actor="Su")


async def _elsewhere(made: Offer, units: int) -> UUID:
    """Another warehouse that has some of it."""
    place = await warehouse("East")
    await stock_at(made, place, units)
    return place


async def test_an_unsent_work_order_moves_with_what_is_promised(shop: Tenant) -> None:
    peaches = await offer(stock=10)
    work_order = await _planned(peaches)
    east = await _elsewhere(peaches, 5)

    assert await ask_to_stop(work_order.id, "move", {"warehouse": str(east)}, actor="Su")

    (moved,) = await _work_of(work_order.order_id)
    assert (moved.warehouse, moved.reference) == (east, work_order.reference)
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT warehouse, allocated FROM stock_level ORDER BY allocated")
    assert [(row["warehouse"] == east, row["allocated"]) for row in rows] == [(False, 0), (True, 3)]
    await invariants.check(shop)


async def test_nothing_moves_to_where_it_is_not(shop: Tenant) -> None:
    peaches = await offer(stock=10)
    work_order = await _planned(peaches)
    east = await _elsewhere(peaches, 1)

    with pytest.raises(GoneMeanwhile):
        await ask_to_stop(work_order.id, "move", {"warehouse": str(east)}, actor="Su")

    (same,) = await _work_of(work_order.order_id)
    assert same.warehouse == work_order.warehouse
    await invariants.check(shop)


async def test_what_came_back_for_a_warehouse_that_sold_out_waits_where_it_was(shop: Tenant) -> None:
    peaches = await offer(stock=10)
    work_order = await _planned(peaches)
    east = await _elsewhere(peaches, 5)
    with played_by(Scripted()):
        await push_fulfillment(work_order.id)
        await ask_to_stop(work_order.id, "move", {"warehouse": str(east)}, actor="Su")
        async with tenants.transaction():
            await tenants.connection().execute("UPDATE stock_level SET safety = 5 WHERE warehouse = $1", east)
        await stop_at_warehouse(work_order.id)

    _stopped, waiting = await _work_of(work_order.order_id)
    assert (waiting.warehouse, waiting.status) == (work_order.warehouse, "on_hold")
    async with tenants.transaction():
        kinds = [one.kind for one in await fulfillment.exceptions_of(work_order.order_id)]
    assert kinds == [trouble.HELD]
    await invariants.check(shop)


async def test_a_pushed_order_is_called_off_when_the_warehouse_agrees(shop: Tenant, rehearsal: Rehearsal) -> None:
    await rehearsal.behave(ship_ms=NEVER)
    peaches = await offer(stock=10)
    placed = await paid_order(peaches, quantity=2)
    work_order = await _accepted(placed.order_id)

    await ask_to_stop_order(placed.order_id, actor="shopper", cause="canceled_by_shopper")
    await ask_to_stop_order(placed.order_id, actor="shopper", cause="canceled_by_shopper")

    async def canceled() -> bool:
        return (await _state(placed.order_id)).status == "canceled"

    await eventually(canceled)
    count = await rehearsal.count(work_order.reference)
    assert count is not None
    assert count.shipped == 0
    assert await stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    await invariants.check(shop)


async def test_a_warehouse_that_does_not_stop_is_for_a_person_and_the_order_arrives(
    shop: Tenant, rehearsal: Rehearsal
) -> None:
    await rehearsal.behave(ship_ms=NEVER, intercept_fails=True)
    placed = await paid_order(await offer(stock=10))
    work_order = await _accepted(placed.order_id)

    await ask_to_stop_order(placed.order_id, actor="shopper", cause="canceled_by_shopper")

    async def told() -> Any:
        async with tenants.transaction():
            return (await fulfillment.open_exceptions()).get(trouble.FAILED_INTERCEPT)

    assert await eventually(told) == 1
    (same,) = await _work_of(placed.order_id)
    assert (same.stopping_at, same.reference) == (None, work_order.reference)
    assert (await _state(placed.order_id)).status == "placed"


async def test_a_sent_order_leaves_again_with_the_other_address(shop: Tenant, rehearsal: Rehearsal) -> None:
    await rehearsal.behave(ship_ms=NEVER)
    peaches = await offer(stock=10)
    placed = await paid_order(peaches)
    first = await _accepted(placed.order_id)
    await rehearsal.behave()
    ship_to = (await _state(placed.order_id)).ship_to | {"street": "2 Plum Road"}

    await ask_to_readdress(placed.order_id, ship_to, phone="13900000000", actor="Su")

    async def arrived() -> bool:
        return (await _state(placed.order_id)).status == "completed"

    await eventually(arrived)
    counts = [await rehearsal.count(reference) for reference in (first.reference, f"{placed.number}-2")]
    assert [count.shipped for count in counts if count] == [0, 1]
    assert (await _state(placed.order_id)).ship_to["street"] == "2 Plum Road"
    assert await stock_of(peaches) == {"on_hand": 9, "reserved": 0, "allocated": 0}
    await invariants.check(shop)


async def test_one_wish_at_a_time_and_none_when_it_has_left(shop: Tenant, rehearsal: Rehearsal) -> None:
    placed = await paid_order(await offer(stock=10))

    async def closed() -> Any:
        return [each for each in await _work_of(placed.order_id) if each.status == "closed"]

    (gone,) = await eventually(closed)

    with pytest.raises(TooLateToStop):
        await ask_to_stop(gone.id, "hold", {}, actor="Su")


async def test_another_wish_waits_for_the_answer(shop: Tenant) -> None:
    work_order = await _planned(await offer())
    assert await prepare(work_order.id) is not None
    assert not await ask_to_stop(work_order.id, "hold", {}, actor="Su")

    assert not await ask_to_stop(work_order.id, "hold", {}, actor="Su")
    with pytest.raises(AlreadyStopping):
        await ask_to_stop(work_order.id, "cancel", {}, actor="Su")
    assert await prepare(work_order.id) is None
