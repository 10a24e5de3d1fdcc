"""Planning moves what was promised to where the rules send it from, and orders that somebody doubts wait."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

import tenants
from app import fulfillment, inventory, orders
from app.flows import order_routing
from app.flows.edit_order import edit_address
from app.flows.hold_orders import NothingToHold, hold_order, release_order, release_what_waited_long_enough
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.retry_fulfillment import retry_fulfillment
from app.fulfillment import Area, HoldRules, Preference, RoutingPolicy, Rules
from app.kernel.clock import now
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def save(**facts: object) -> None:
    async with tenants.transaction():
        seen = (await fulfillment.routing_policy()).version
        await fulfillment.save_routing(RoutingPolicy(**facts), seen=seen, by="lin")  # type: ignore[arg-type]


async def planned(order_id: UUID) -> list[tuple[str, str, int]]:
    """Status, reason and units of each work order."""
    async with tenants.transaction():
        rows = await tenants.connection().fetch(
            "SELECT work.status, work.status_reason, sum(line.quantity)::int AS units FROM fulfillment_order AS work"
            " JOIN fulfillment_order_line AS line ON line.fulfillment_order = work.id WHERE work.order_id = $1"
            " GROUP BY work.id ORDER BY work.reference",
            order_id,
        )
    return [tuple(row) for row in rows]


async def test_goods_from_two_warehouses_leave_from_the_one_that_has_all_of_them(shop: Tenant) -> None:
    peaches, tea = await selling.offer(title="Peaches", stock=9), await selling.offer(title="Tea", stock=1)
    south = await selling.warehouse("South")
    await selling.stock_at(tea, south, 5)
    await selling.stock_at(peaches, south, 2)

    placed = await selling.paid_order(peaches, tea)
    apart = await selling.shelves_of(placed.order_id)
    await plan_fulfillment(placed.order_id)
    await plan_fulfillment(placed.order_id)

    assert apart == [(1, "Cloud warehouse"), (1, "South")]
    assert len({name for _units, name in await selling.shelves_of(placed.order_id)}) == 1
    assert await planned(placed.order_id) == [("open", "", 2)]
    assert await selling.jobs("fulfillment.push_order") == 1
    await check(shop)


async def test_the_merchants_preference_moves_the_promise_and_the_reason_is_kept(shop: Tenant) -> None:
    peaches = await selling.offer(stock=9)
    south = await selling.warehouse("South")
    await selling.stock_at(peaches, south, 5)
    await save(rules=Rules(preferences=(Preference("CN", "", south),)))

    placed = await selling.paid_order(peaches, quantity=3)
    await plan_fulfillment(placed.order_id)

    assert await selling.shelves_of(placed.order_id) == [(3, "South")]
    async with tenants.transaction():
        kept = await tenants.connection().fetchval(
            "SELECT route FROM fulfillment_order WHERE order_id = $1", placed.order_id
        )
    assert [reason["code"] for reason in msgspec.json.decode(kept)["reasons"]] == ["one_parcel", "preferred"]
    await check(shop)


async def test_what_somebody_else_got_meanwhile_is_sent_from_where_it_was_promised(
    shop: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaches = await selling.offer(stock=9)
    south = await selling.warehouse("South")
    await selling.stock_at(peaches, south, 1)
    await save(rules=Rules(preferences=(Preference("CN", "", south),)))
    placed = await selling.paid_order(peaches)
    decide = order_routing.decide

    async def overtaken(*question: object) -> fulfillment.Route:
        found = await decide(*question)  # type: ignore[arg-type]
        await tenants.connection().execute("UPDATE stock_level SET allocated = on_hand WHERE warehouse = $1", south)
        return found

    monkeypatch.setattr(order_routing, "decide", overtaken)
    await plan_fulfillment(placed.order_id)

    assert await selling.shelves_of(placed.order_id) == [(1, "Cloud warehouse")]
    assert await planned(placed.order_id) == [("open", "", 1)]
    await check(shop)


async def test_many_orders_planned_at_once_never_move_more_than_a_warehouse_has(shop: Tenant) -> None:
    peaches = await selling.offer(stock=20)
    south = await selling.warehouse("South")
    await selling.stock_at(peaches, south, 3)
    await save(rules=Rules(preferences=(Preference("CN", "", south),)))
    placed = [await selling.paid_order(peaches) for _buyer in range(6)]

    await asyncio.gather(*(plan_fulfillment(one.order_id) for one in placed))

    names = [name for one in placed for _units, name in await selling.shelves_of(one.order_id)]
    assert (names.count("South"), len(names)) == (3, 6)
    await check(shop)


async def test_a_held_order_is_pushed_once_its_last_hold_is_released(shop: Tenant) -> None:
    await save(holds=HoldRules(bad_address=True, from_amount=4000))
    placed = await selling.paid_order()
    await plan_fulfillment(placed.order_id)
    held = await planned(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)

    with pytest.raises(fulfillment.NotRetriable):
        await retry_fulfillment(work_order.id)
    await release_order(placed.order_id, ["amount"], by="lin")
    still = await planned(placed.order_id)
    async with tenants.transaction():
        seen = (await orders.find(placed.order_id)).event_seq
    good = {**selling.SHIP_TO, "region": "江苏省", "city": "无锡市", "district": "滨湖区", "street": "桃园路1号"}
    await edit_address(placed.order_id, seen, good, phone="13800000000", actor="lin")

    assert held == [("on_hold", "held.address", 1)]
    assert still == [("on_hold", "held.address", 1)]
    assert await planned(placed.order_id) == [("open", "", 1)]
    assert await selling.jobs("fulfillment.push_order") == 1


async def test_time_to_change_ones_mind_ends_by_the_clock_and_a_persons_hold_does_not(shop: Tenant) -> None:
    await save(holds=HoldRules(cooling_minutes=30))
    cooled, doubted = await selling.paid_order(), await selling.paid_order()
    await hold_order(doubted.order_id, "Telephoned, wait", by="lin")
    for one in (cooled, doubted):
        await plan_fulfillment(one.order_id)

    await release_what_waited_long_enough()
    early = await planned(cooled.order_id)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_hold SET until = $1", now() - timedelta(minutes=1))
        await tenants.connection().execute("UPDATE fulfillment_hold SET until = NULL WHERE kind = 'manual'")
    await release_what_waited_long_enough()

    assert early == [("on_hold", "held.cooling", 1)]
    assert await planned(cooled.order_id) == [("open", "", 1)]
    assert await planned(doubted.order_id) == [("on_hold", "held.manual", 1)]
    async with tenants.transaction():
        assert [hold.words for hold in await fulfillment.holds_of(doubted.order_id) if hold.is_open] == [
            "Telephoned, wait"
        ]


async def test_regions_first_orders_and_doubtful_addresses_are_found(shop: Tenant) -> None:
    await save(holds=HoldRules(blocked=(Area("CN", "Wuxi"),), first_from_amount=100))
    first, second = await selling.paid_order(), await selling.paid_order()
    for one in (first, second):
        await plan_fulfillment(one.order_id)

    async with tenants.transaction():
        kinds = [[hold.kind for hold in await fulfillment.holds_of(one.order_id)] for one in (first, second)]
    assert sorted(kinds[0]) == ["blocked_region", "first_order"]
    assert kinds[1] == ["blocked_region"]


async def test_what_the_warehouse_has_is_not_held(shop: Tenant) -> None:
    placed = await selling.paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)

    with pytest.raises(NothingToHold):
        await hold_order(placed.order_id, "", by="lin")


async def test_units_that_move_back_and_forth_stay_the_orders(shop: Tenant) -> None:
    peaches = await selling.offer(stock=4)
    south = await selling.warehouse("South")
    await selling.stock_at(peaches, south, 4)
    placed = await selling.paid_order(peaches, quantity=3)
    async with tenants.transaction():
        (part,) = await inventory.allotted_of(placed.order_id)
        home = part.warehouse
        moves = [inventory.Moving(part.order_line, part.variant, home, south, 2)]
        await inventory.move_promises(placed.order_id, moves)
    await check(shop)
    async with tenants.transaction():
        moves = [inventory.Moving(part.order_line, part.variant, south, home, 2)]
        await inventory.move_promises(placed.order_id, moves)

    assert await selling.shelves_of(placed.order_id) == [(3, "Cloud warehouse")]
    await check(shop)
