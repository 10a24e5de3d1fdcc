"""Goods of a list that go through its leader's hands: no freight, no warehouse, and the hand-out is the delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders, pickups
from app.flows import hand_out
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.delivery_way import way_of
from app.flows.order_documents import packing_slip
from app.flows.place_order import NoAddress, Placed
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.retry_fulfillment import retry_fulfillment
from app.flows.run_campaign import draft_of, save_campaign
from app.flows.settle_commissions import settle_commissions
from app.fulfillment import NotRetriable
from app.group_buying import ChainTerms, ItemDraft
from app.kernel.errors import InvalidInput, NotFound
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_chains as chains
from tests import builders_pickups as points
from tests import builders_selling as selling
from tests.invariants import check
from workers.pickups import look_after_pickups

AT_GATE = {"delivery": "pickup", "place": "Gate 3, Thursday 18-20"}


async def _planned(placed: Placed) -> Placed:
    """As the jobs of a paid order leave it."""
    await points.attribute(placed)
    await plan_fulfillment(placed.order_id)
    return placed


async def _later(placed: Placed) -> None:
    """As if the time to undo were over."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE pickup SET collected_at = collected_at - $2::interval WHERE order_id = $1",
            placed.order_id, timedelta(minutes=11),
        )  # fmt: skip


async def _state(order_id: UUID) -> tuple[str, str]:
    async with tenants.transaction():
        order = await orders.find(order_id)
    return order.status, order.fulfillment_status


async def _work_orders(placed: Placed) -> list[tuple[str, str]]:
    async with tenants.transaction():
        return [(each.status, each.status_reason) for each in await fulfillment.work_orders_of(placed.order_id)]


async def test_what_is_collected_costs_no_freight_and_is_addressed_to_the_place(shop: Tenant) -> None:
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE store_profile SET freight_amount = 900")
    at_gate, by_parcel = await chains.chain(terms=AT_GATE), await chains.chain()

    collected, sent = await campaigns.join(at_gate), await campaigns.join(by_parcel)

    async with tenants.transaction():
        here, there = await orders.find(collected.order_id), await orders.find(sent.order_id)
        way = await way_of(here)
    assert (here.freight_amount, there.freight_amount) == (0, 900)
    assert here.ship_to["street"] == "Gate 3, Thursday 18-20"
    assert "city" not in here.ship_to
    assert way is not None
    assert (way.how, way.name) == ("pickup", at_gate.title)


async def test_what_is_brought_around_asks_for_a_street_and_nothing_more(shop: Tenant) -> None:
    around = await chains.chain(terms={"delivery": "local", "place": "Lake Garden"})

    placed = await campaigns.join(around)
    with pytest.raises(NoAddress):
        await campaigns.join(around, ship_to={"recipient": "Ya", "phone": "13800000000"})

    async with tenants.transaction():
        order = await orders.find(placed.order_id)
        paper = await packing_slip(order, "en")
    assert set(order.ship_to) == {"recipient", "phone", "street", "country"}
    assert order.ship_to["street"] == selling.SHIP_TO["street"]
    assert paper.parties[0][0] == "Brought around to"


async def test_no_warehouse_is_asked_for_what_the_leader_hands_out(shop: Tenant) -> None:
    placed = await _planned(await campaigns.join_and_pay(await chains.chain(terms=AT_GATE)))

    assert await _work_orders(placed) == [("on_hold", "group_buying.by_leader")]
    assert await selling.jobs("fulfillment.push_order") == 0
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        board = {each.name: each.count for each in await fulfillment.lanes()}
    assert (board["waiting"], board["exceptions"]) == (1, 0)
    with pytest.raises(NotRetriable):
        await retry_fulfillment(work_order.id)


async def test_a_hand_out_is_the_delivery_once_it_cannot_be_taken_back(shop: Tenant) -> None:
    lin = await chains.leader()
    offer = await selling.offer(stock=10)
    chain = await chains.chain(lin, terms=AT_GATE, offer=offer)
    placed = await _planned(await campaigns.join_and_pay(chain, units=2))

    given = [await hand_out.hand_out_of_list(lin.id, chain.id, placed.order_id) for _ in range(2)]
    before = [await hand_out.complete_pickup(placed.order_id), await _state(placed.order_id)]
    await _later(placed)
    await look_after_pickups()
    done = [await hand_out.complete_pickup(placed.order_id) for _ in range(2)]
    await settle_commissions(placed.order_id)

    assert (given, before, done) == ([True, False], [False, ("placed", "unfulfilled")], [True, False])
    assert await _state(placed.order_id) == ("completed", "delivered")
    assert await _work_orders(placed) == [("closed", "")]
    assert (await selling.stock_of(offer))["on_hand"] == 8
    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(placed.order_id)
        line = await tenants.connection().fetchval("SELECT status FROM commission_line")
    assert (parcel.status, parcel.carrier_name, list(parcel.quantities.values())) == ("delivered", "Lin", [2])
    assert line == "frozen"
    await check(shop)


async def test_a_mistake_is_taken_back_and_the_list_forgets_it(shop: Tenant) -> None:
    lin = await chains.leader()
    chain = await chains.chain(lin, terms=AT_GATE)
    placed = await _planned(await campaigns.join_and_pay(chain))
    await hand_out.hand_out_of_list(lin.id, chain.id, placed.order_id)

    await hand_out.take_back(lin.id, placed.order_id)
    again = await hand_out.hand_out_of_list(lin.id, chain.id, placed.order_id)
    await _later(placed)

    assert again
    with pytest.raises(pickups.TooLateToUndo):
        await hand_out.take_back(lin.id, placed.order_id)
    await check(shop)


async def test_whoever_shows_the_code_gets_it_too(shop: Tenant) -> None:
    lin = await chains.leader()
    placed = await _planned(await campaigns.join_and_pay(await chains.chain(lin, terms=AT_GATE)))

    pickup, new = await hand_out.hand_out(lin.id, (await points.pickup_of(placed)).code)

    assert (pickup.order_id, new) == (placed.order_id, True)
    async with tenants.transaction():
        assert await tenants.connection().fetchval("SELECT handed_out_at IS NOT NULL FROM participation")


async def test_only_the_own_leader_hands_out_and_only_what_is_ready(shop: Tenant) -> None:
    lin, other = await chains.leader(), await chains.leader("Zhou")
    chain = await chains.chain(lin, terms={**AT_GATE, "ships": "confirmed"})
    early, by_parcel = await campaigns.join_and_pay(chain), await campaigns.join_and_pay(await chains.chain(lin))
    gone = await campaigns.join_and_pay(chain)
    await cancel_order(gone.order_id, actor="shopper")

    for leader, order, refusal in (
        (other.id, early, NotFound), (lin.id, by_parcel, NotFound), (lin.id, early, pickups.NotYet),
        (lin.id, gone, pickups.CalledOff),
    ):  # fmt: skip
        with pytest.raises(refusal):
            await hand_out.hand_out_of_list(leader, chain.id, order.order_id)
    await check(shop)


async def test_a_copy_is_handed_out_by_whoever_helps(shop: Tenant) -> None:
    lin, zhou = await chains.leader(), await chains.leader("Zhou")
    copy = await chains.copy(await chains.chain(lin, terms=AT_GATE), zhou)
    placed = await _planned(await campaigns.join_and_pay(copy))

    with pytest.raises(NotFound):
        await hand_out.hand_out_of_list(lin.id, copy.id, placed.order_id)
    assert await hand_out.hand_out_of_list(zhou.id, copy.id, placed.order_id)
    await check(shop)


async def test_nobody_cancels_what_was_handed_out(shop: Tenant) -> None:
    lin = await chains.leader()
    chain = await chains.chain(lin, terms=AT_GATE)
    placed = await _planned(await campaigns.join_and_pay(chain))
    await hand_out.hand_out_of_list(lin.id, chain.id, placed.order_id)

    with pytest.raises(TooLateToCancel):
        await cancel_order(placed.order_id, actor="shopper")
    await check(shop)


async def test_how_goods_arrive_is_settled_once_the_list_is_published(shop: Tenant) -> None:
    chain = await chains.chain(terms=AT_GATE)
    item = await campaigns.item(chain.id)
    items = [ItemDraft(item.variant, item.price_amount)]
    by_parcel = replace(draft_of(chain), terms=ChainTerms(delivery="express"), items=items)

    with pytest.raises(InvalidInput) as refusal:
        await save_campaign(by_parcel, chain.id, actor="Lin")

    assert set(refusal.value.fields) == {"delivery"}
