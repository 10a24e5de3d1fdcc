"""Gifts on air: on the order, in the parcel, on the return, and never more than were announced."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import aftersales, commissions, fulfillment, live, orders
from app.flows.cancel_order import cancel_order
from app.flows.cart_contents import Contents, look_into_cart
from app.flows.decide_attribution import decide_attribution
from app.flows.edit_order import reduce_unpaid
from app.flows.expire_reservation import expire_reservation
from app.flows.gifts_on_air import announce_gift, answer_gift, ask_gift, close_gift
from app.flows.place_order import Placed, place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.request_refund import request_refund
from app.flows.run_show import end_session, take_off_air
from app.flows.stop_work_order import ask_to_stop
from app.inventory import NotEnoughStock
from app.kernel.errors import NotFound
from app.payments import RefundLine
from tenants import Tenant
from tests import builders_aftersales as after
from tests import builders_earning as build
from tests import builders_selling as selling
from tests import builders_shows as shows
from tests.invariants import check


async def _stage(
    *, stock: int = 50, lent_from: UUID | None = None, **rule: object
) -> tuple[live.LiveSession, selling.Offer, selling.Offer, live.Gift]:
    session, peaches = await shows.on_air(), await selling.offer(stock=100)
    cup = await selling.offer(title="Tea cup", price=1900, stock=stock)
    if lent_from:
        await selling.stock_at(cup, lent_from, stock + 1)
    slot = await shows.shown(session, peaches)
    return session, peaches, cup, await shows.gift(session, slot, cup, **rule)  # type: ignore[arg-type]


async def _lines(order_id: UUID) -> list[orders.Line]:
    async with tenants.transaction():
        return await orders.lines_of(order_id)


async def _order(offer: selling.Offer, *, quantity: int = 1, **facts: object) -> Placed:
    visitor, cart = await selling.fill_cart(offer, quantity=quantity)
    return await place_order(cart, visitor, selling.checkout(**facts))


async def _look(offer: selling.Offer, quantity: int = 1) -> Contents:
    visitor, cart = await selling.fill_cart(offer, quantity=quantity)
    async with tenants.transaction():
        return await look_into_cart(cart, visitor)


async def test_an_order_on_air_gets_the_gift_as_a_line_that_costs_nothing(shop: Tenant) -> None:
    _session, peaches, cup, gift = await _stage()

    placed = await selling.paid_order(peaches, quantity=2)

    goods, present = await _lines(placed.order_id)
    assert (goods.gift, present.gift, present.variant, present.quantity) == (None, gift.id, cup.variant, 1)
    assert (present.unit_amount, present.total_amount, present.freight_amount) == (0, 0, 0)
    assert (await shows.look(gift)).given == 1
    assert (await selling.stock_of(cup))["allocated"] == 1
    await check(shop)


async def test_a_gift_leaves_with_its_goods_wherever_it_was_lent_from(shop: Tenant) -> None:
    east = await selling.warehouse("East")
    _session, peaches, _cup, _gift = await _stage(stock=3, lent_from=east, quota=2)

    placed = await selling.paid_order(peaches)
    before = await selling.shelves_of(placed.order_id)
    await plan_fulfillment(placed.order_id)

    assert len(set(before)) == 2
    ((_units, home), also) = await selling.shelves_of(placed.order_id)
    assert also == (1, home) != (1, "East")
    await check(shop)


async def test_goods_sent_from_elsewhere_take_their_gift_along(shop: Tenant) -> None:
    _session, peaches, cup, _gift = await _stage()
    placed = await selling.paid_order(peaches)
    await plan_fulfillment(placed.order_id)
    east = await selling.warehouse("East")
    for goods in (peaches, cup):
        await selling.stock_at(goods, east, 5)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)

    await ask_to_stop(work.id, "move", {"warehouse": str(east)}, actor="Su")

    assert await selling.shelves_of(placed.order_id) == [(1, "East"), (1, "East")]
    await check(shop)


async def test_a_gift_changes_no_price(shop: Tenant) -> None:
    session, peaches, cup = await shows.on_air(), await selling.offer(stock=100), await selling.offer(stock=50)
    before = (await _look(peaches)).priced.lines
    await shows.gift(session, await shows.shown(session, peaches), cup)

    after_it = await _look(peaches)

    assert (after_it.priced.lines[:1], after_it.priced.lines[1].total_amount) == (before, 0)


async def test_a_gift_for_every_three_units_comes_as_often(shop: Tenant) -> None:
    _session, peaches, _cup, _gift = await _stage(every_units=3, units=2)

    quantities = [[gift.quantity for gift in (await _look(peaches, units)).gifts] for units in (2, 3, 5, 6)]

    assert quantities == [[], [2], [2], [4]]


async def test_of_many_who_order_at_once_as_many_get_a_gift_as_were_announced(shop: Tenant) -> None:
    _session, peaches, cup, gift = await _stage(quota=5)

    placed = await asyncio.gather(*(_order(peaches) for _ in range(12)))

    with_gift = [one for one in placed if len(await _lines(one.order_id)) == 2]
    assert (len(placed), len(with_gift), (await shows.look(gift)).left) == (12, 5, 0)
    assert (await selling.stock_of(cup))["reserved"] == 5
    await check(shop)


async def test_whoever_saw_a_gift_that_is_gone_is_told_before_paying(shop: Tenant) -> None:
    session, peaches, _cup, gift = await _stage(quota=1)
    seen = {gift.id: 1}
    await _order(peaches, seen_gifts=seen)

    with pytest.raises(live.GiftGone):
        await _order(peaches, seen_gifts=seen)
    gone = await _look(peaches)
    placed = await _order(peaches)

    assert ([each.title for each in gone.gifts_gone], gone.gifts, len(await _lines(placed.order_id))) == (
        ["Tea cup"], (), 1,
    )  # fmt: skip
    await end_session(session.id, by=session.promoter)
    await check(shop)


@pytest.mark.parametrize("end", ["slot", "gift", "session"])
async def test_a_gift_is_over_with_its_product(shop: Tenant, end: str) -> None:
    session, peaches, cup, gift = await _stage(quota=5)
    await _order(peaches)

    if end == "slot":
        await take_off_air(session.id, by=session.promoter)
    elif end == "gift":
        await close_gift(session.id, gift.id, by=session.promoter)
    else:
        await end_session(session.id, by=session.promoter)

    assert (await _look(peaches)).gifts_on_air == ()
    assert (await selling.stock_of(cup))["reserved"] == 1
    await check(shop)


@pytest.mark.parametrize("fate", ["canceled", "expired", "refunded"])
async def test_an_order_that_falls_away_gives_its_gift_back(shop: Tenant, fate: str) -> None:
    _session, peaches, cup, gift = await _stage(quota=1)
    placed = await (selling.paid_order if fate == "refunded" else selling.order)(peaches)

    if fate == "canceled":
        await cancel_order(placed.order_id, actor="shopper")
        await cancel_order_again(placed)
    elif fate == "expired":
        await selling.run_out_of_time(placed.order_id)
        await expire_reservation(placed.order_id, None)
    else:
        await request_refund(placed.order_id, reason="called_off")

    assert (await shows.look(gift)).given == 0
    assert [each.quantity for each in (await _look(peaches)).gifts] == [1]
    assert (await selling.stock_of(cup))["allocated"] == 0
    await check(shop)


async def cancel_order_again(placed: Placed) -> None:
    with pytest.raises(Exception, match="too_late"):
        await cancel_order(placed.order_id, actor="shopper")


async def test_a_gift_is_not_sent_when_its_goods_are_given_back_before(shop: Tenant) -> None:
    _session, peaches, cup, gift = await _stage()
    placed = await selling.paid_order(peaches, await selling.offer(title="Plums"), quantity=2)
    goods = (await _lines(placed.order_id))[0]

    await request_refund(placed.order_id, lines=[RefundLine(goods.id, 1)], reason="called_off")
    after_one = (await selling.stock_of(cup))["allocated"]
    await request_refund(placed.order_id, lines=[RefundLine(goods.id, 1)], reason="called_off")

    assert (after_one, (await selling.stock_of(cup))["allocated"], (await shows.look(gift)).given) == (1, 0, 0)
    await check(shop)


async def test_nobody_earns_on_a_gift(shop: Tenant) -> None:
    host = await build.promoter()
    session, peaches, cup = await shows.on_air(host), await selling.offer(stock=9), await selling.offer(stock=9)
    await shows.gift(session, await shows.shown(session, peaches), cup)
    visitor, cart = await selling.fill_cart(peaches)
    await build.click(await build.link(host, session=session), visitor=visitor)
    placed = await place_order(cart, visitor, selling.checkout())
    await decide_attribution(placed.order_id)

    goods, _present = await _lines(placed.order_id)
    async with tenants.transaction():
        earned = await commissions.lines_of(placed.order_id)

    assert [(line.promoter, line.order_line) for line in earned] == [(host.id, goods.id)]


async def test_a_gift_is_in_the_parcel_and_comes_back_with_all_of_its_goods(shop: Tenant) -> None:
    _session, peaches, _cup, _gift = await _stage()
    order = await after.delivered_order(peaches, quantity=2)

    part = await after.ask(order, quantity=1)
    rest = await after.ask(order, quantity=1)

    async with tenants.transaction():
        first, second = await aftersales.lines_of(part), await aftersales.lines_of(rest)
    assert ([line.quantity for line in first], [(line.title, line.quantity) for line in second]) == (
        [1], [("Peaches", 1), ("Tea cup", 1)],
    )  # fmt: skip
    assert second[1].worth_amount == 0
    await check(shop)


async def test_a_gift_the_merchant_lets_go_is_kept(shop: Tenant) -> None:
    _session, peaches, _cup, _gift = await _stage(on_return="kept")
    order = await after.delivered_order(peaches)

    asked = await after.ask(order)

    async with tenants.transaction():
        assert [line.title for line in await aftersales.lines_of(asked)] == ["Peaches"]


async def test_what_is_granted_is_set_apart_and_no_more_than_there_is(shop: Tenant) -> None:
    session, peaches, cup = await shows.on_air(), await selling.offer(), await selling.offer(stock=3)
    slot = await shows.shown(session, peaches)
    asked = await ask_gift(session.id, slot.id, cup.variant, by=session.promoter, quota=4)

    with pytest.raises(NotEnoughStock):
        await answer_gift(asked.id, quota=4)
    await answer_gift(asked.id, quota=3)

    assert (await selling.stock_of(cup))["reserved"] == 3
    with pytest.raises(NotEnoughStock):
        await selling.order(cup)
    with pytest.raises(live.GiftNotAsked):
        await answer_gift(asked.id, quota=3)


async def test_only_what_was_granted_is_announced_and_only_while_its_product_is_shown(shop: Tenant) -> None:
    session, peaches, cup = await shows.on_air(), await selling.offer(), await selling.offer()
    slot = await shows.shown(session, peaches)
    asked = await ask_gift(session.id, slot.id, cup.variant, by=session.promoter, quota=2)
    stranger = await build.promoter()

    with pytest.raises(live.GiftNotGranted):
        await announce_gift(session.id, asked.id, by=session.promoter)
    with pytest.raises(NotFound):
        await announce_gift(session.id, asked.id, by=stranger.id)
    await answer_gift(asked.id, quota=2)
    await take_off_air(session.id, by=session.promoter)
    with pytest.raises(live.NotOnAir):
        await announce_gift(session.id, asked.id, by=session.promoter)


async def test_fewer_goods_of_an_unpaid_order_leave_its_gift(shop: Tenant) -> None:
    _session, peaches, _cup, _gift = await _stage()
    placed = await selling.order(peaches, quantity=3)
    goods, _present = await _lines(placed.order_id)
    async with tenants.transaction():
        seen = (await orders.find(placed.order_id)).event_seq

    await reduce_unpaid(placed.order_id, seen, {goods.id: 1}, actor="Su He")

    assert [line.quantity for line in await _lines(placed.order_id)] == [1, 1]
    await check(shop)


async def test_another_store_has_no_gifts_of_this_one(shop: Tenant, other_shop: Tenant) -> None:
    _session, _peaches, _cup, gift = await _stage()

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await shows.look(gift)
