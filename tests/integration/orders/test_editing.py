"""Correcting an order before it is sent."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import attribution, commissions, freight, orders, payments
from app.flows.decide_attribution import decide_attribution
from app.flows.edit_order import (
    AtTheWarehouse,
    NothingToReduce,
    NotReducible,
    WouldCostMore,
    edit_address,
    edit_note,
    record_reduction,
    reduce_unpaid,
    require_reducible,
    standing_lines,
)
from app.flows.place_order import place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.request_refund import request_refund
from app.flows.settle_payment import settle_payment
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_earning as earning
from tests import builders_promotions as promoting
from tests import builders_selling as selling
from tests.invariants import check

ELSEWHERE = {"recipient": "Chen Li", "phone": "13900000000", "country": "CN", "city": "Suzhou", "street": "2 Plum Road"}


async def _order(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def _lines(order_id: UUID) -> list[orders.Line]:
    async with tenants.transaction():
        return await orders.lines_of(order_id)


async def _edits(order_id: UUID) -> list[orders.Event]:
    async with tenants.transaction():
        return [event for event in await orders.events_of(order_id) if event.field == "edit"]


async def test_a_paid_order_goes_to_another_address_before_it_is_sent(shop: Tenant) -> None:
    placed = await selling.paid_order()
    before = await _order(placed.order_id)

    await edit_address(placed.order_id, before.event_seq, ELSEWHERE, phone="13900000000", actor="Su He")

    after = await _order(placed.order_id)
    (edit,) = await _edits(placed.order_id)
    assert (after.ship_to["recipient"], after.phone) == ("Chen Li", "13900000000")
    assert (edit.actor, edit.seq, after.event_seq) == ("Su He", before.event_seq + 1, before.event_seq + 1)
    assert edit.details["before"]["recipient"] == "Lin Xiaoya"
    assert edit.details["after"]["street"] == "2 Plum Road"
    await check(shop)


async def test_of_two_editors_the_slower_one_is_told(shop: Tenant) -> None:
    placed = await selling.paid_order()
    seen = (await _order(placed.order_id)).event_seq

    outcomes = await asyncio.gather(
        edit_address(placed.order_id, seen, ELSEWHERE, phone="13900000000", actor="Su He"),
        edit_note(placed.order_id, seen, "Ring twice", actor="Chen Li"),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType", "OrderChanged"]
    assert len(await _edits(placed.order_id)) == 1


async def test_what_the_warehouse_may_have_is_not_changed_here(shop: Tenant) -> None:
    placed = await selling.paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        work_order = await tenants.connection().fetchval("SELECT id FROM fulfillment_order")
    seen = (await _order(placed.order_id)).event_seq
    await edit_note(placed.order_id, seen, "Planned is not sent", actor="Su He")
    await prepare(work_order)

    with pytest.raises(AtTheWarehouse):
        await edit_address(placed.order_id, seen + 1, ELSEWHERE, phone="13900000000", actor="Su He")

    assert (await _order(placed.order_id)).ship_to["recipient"] == "Lin Xiaoya"


async def test_an_order_that_is_over_is_not_changed(shop: Tenant) -> None:
    from app.flows.cancel_order import cancel_order

    placed = await selling.order()
    await cancel_order(placed.order_id, actor="shopper")

    with pytest.raises(orders.NotEditable):
        await edit_note(placed.order_id, (await _order(placed.order_id)).event_seq, "Too late", actor="Su He")


async def test_fewer_goods_of_an_unpaid_order_cost_less_and_are_for_sale_again(shop: Tenant) -> None:
    peaches, tea = await selling.offer(price=1000, stock=10), await selling.offer(title="Tea", price=500, stock=10)
    placed = await selling.order(peaches, tea, quantity=3)
    first, second = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq

    await reduce_unpaid(placed.order_id, seen, {first.id: 1, second.id: 0}, actor="Su He")

    after = await _order(placed.order_id)
    (left,) = await _lines(placed.order_id)
    (edit,) = await _edits(placed.order_id)
    assert (after.total_amount, left.quantity, left.goods_amount) == (1000, 1, 1000)
    assert (await selling.stock_of(peaches))["reserved"] == 1
    assert (await selling.stock_of(tea))["reserved"] == 0
    assert (edit.details["before"]["total_amount"], edit.details["after"]["total_amount"]) == (4500, 1000)
    await check(shop)
    async with tenants.transaction():
        assert (await orders.recompute(placed.order_id)).total_amount == 1000
    await settle_payment(selling.notice(selling.captured(await selling.open_payment(placed.order_id))))
    assert (await _order(placed.order_id)).payment_status == "paid"
    await check(shop)


async def test_an_edited_order_may_be_edited_again(shop: Tenant) -> None:
    placed = await selling.order(
        await selling.offer(price=1000), await selling.offer(title="Tea", price=500), quantity=3
    )
    first, second = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq
    await reduce_unpaid(placed.order_id, seen, {first.id: 0}, actor="Su He")

    await reduce_unpaid(placed.order_id, seen + 1, {second.id: 2}, actor="Su He")

    assert (await _order(placed.order_id)).total_amount == 1000
    await check(shop)


async def test_whose_sale_it_is_is_decided_again_from_the_new_amounts(shop: Tenant) -> None:
    promoter = await earning.promoter()
    link = await earning.link(promoter)
    peaches = await selling.offer(price=1000)
    visitor = new_id()
    await earning.click(link, visitor=visitor)
    _visitor, cart = await selling.fill_cart(peaches, quantity=3, visitor=visitor)
    placed = await place_order(cart, visitor, selling.checkout())
    await decide_attribution(placed.order_id)
    (line,) = await _lines(placed.order_id)

    seen = (await _order(placed.order_id)).event_seq
    await reduce_unpaid(placed.order_id, seen, {line.id: 1}, actor="Su He")
    await decide_attribution(placed.order_id)

    async with tenants.transaction():
        (decision,) = await attribution.decisions_of(placed.order_id)
        (estimate,) = await commissions.lines_of(placed.order_id)
    assert (decision.base_amount, estimate.base_amount) == (1000, 1000)
    await check(shop)


async def test_free_delivery_is_not_lost_behind_the_shoppers_back(shop: Tenant) -> None:
    async with tenants.transaction():
        await freight.save_template(
            freight.Template(
                None, "Usual", "piece", (freight.Region(first_amount=1200, further_amount=0, free_from_amount=3000),)
            )
        )
    placed = await selling.order(await selling.offer(price=1000), quantity=3)
    (line,) = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq

    with pytest.raises(WouldCostMore):
        await reduce_unpaid(placed.order_id, seen, {line.id: 2}, actor="Su He")
    await reduce_unpaid(placed.order_id, seen, {line.id: 1}, actor="Su He")

    assert (await _order(placed.order_id)).total_amount == 2200
    await check(shop)


async def test_a_parcel_nothing_is_left_of_costs_nothing(shop: Tenant) -> None:
    async with tenants.transaction():
        await freight.save_template(freight.Template(None, "Usual", "flat", (freight.Region(first_amount=0),)))
        bulky = await freight.save_template(
            freight.Template(None, "Bulky", "piece", (freight.Region(first_amount=2000, further_amount=1500),))
        )
    tea, chair = await selling.offer(title="Tea", price=1000), await selling.offer(title="Chair", price=9900)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE product SET freight_template = $2 WHERE id = $1", chair.product, bulky
        )
    placed = await selling.order(tea, chair)
    _first, second = await _lines(placed.order_id)
    assert (await _order(placed.order_id)).freight_amount == 2000

    seen = (await _order(placed.order_id)).event_seq
    await reduce_unpaid(placed.order_id, seen, {second.id: 0}, actor="Su He")

    after = await _order(placed.order_id)
    async with tenants.transaction():
        again = await orders.recompute(placed.order_id, freight.restore)
    assert (after.freight_amount, again.total_amount) == (0, after.total_amount)
    await check(shop)


async def test_a_coupon_follows_what_is_left(shop: Tenant) -> None:
    await promoting.coupon(kind="percent", amount=0, bps=1000)
    placed = await promoting.order_with(await selling.offer(price=1000), code="peach", quantity=3)
    (line,) = await _lines(placed.order_id)
    before = await _order(placed.order_id)

    await reduce_unpaid(placed.order_id, before.event_seq, {line.id: 1}, actor="Su He")

    after = await _order(placed.order_id)
    async with tenants.transaction():
        told = await tenants.connection().fetchval("SELECT discount_amount FROM coupon_use")
    assert (before.discount_amount, after.discount_amount, told, after.total_amount) == (300, 100, 100, 900)
    await check(shop)


async def test_fewer_units_of_a_paid_order_are_a_refund_of_that_part(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), quantity=3)
    (line,) = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq

    gone = await require_reducible(placed.order_id, seen, {line.id: 1})
    (refund,) = await request_refund(
        placed.order_id, lines=[payments.RefundLine(line.id, quantity=2)], reason="edited_by_merchant"
    )
    await record_reduction(placed.order_id, gone, actor="Su He")

    async with tenants.transaction():
        (standing,) = await standing_lines(placed.order_id)
    (edit,) = await _edits(placed.order_id)
    assert (refund.amount, standing.quantity) == (2000, 1)
    assert [told["lines"][0]["quantity"] for told in (edit.details["before"], edit.details["after"])] == [3, 1]
    with pytest.raises(InvalidInput):
        await require_reducible(placed.order_id, (await _order(placed.order_id)).event_seq, {line.id: 2})
    await check(shop)


@pytest.mark.parametrize(("quantity", "refusal"), [(3, NothingToReduce), (0, NothingToReduce), (4, InvalidInput)])
async def test_nothing_is_added_and_something_has_to_be_left(
    shop: Tenant, quantity: int, refusal: type[Exception]
) -> None:
    placed = await selling.order(await selling.offer(price=1000), quantity=3)
    (line,) = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq

    with pytest.raises(refusal):
        await reduce_unpaid(placed.order_id, seen, {line.id: quantity}, actor="Su He")

    assert (await _order(placed.order_id)).total_amount == 3000


async def test_a_line_of_another_order_is_not_found(shop: Tenant) -> None:
    placed, other = await selling.order(), await selling.order()
    (theirs,) = await _lines(other.order_id)

    with pytest.raises(NotFound):
        await reduce_unpaid(placed.order_id, 1, {theirs.id: 0}, actor="Su He")


async def test_a_paid_order_is_not_priced_again(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000), quantity=3)
    (line,) = await _lines(placed.order_id)
    seen = (await _order(placed.order_id)).event_seq

    with pytest.raises(NotReducible):
        await reduce_unpaid(placed.order_id, seen, {line.id: 1}, actor="Su He")


async def test_another_store_sees_no_notes(shop: Tenant, other_shop: Tenant) -> None:
    placed = await selling.order()
    async with tenants.transaction():
        await orders.add_note(placed.order_id, "Gift wrap", author=None, author_name="Su He")
        assert [note.text for note in await orders.notes_of(placed.order_id)] == ["Gift wrap"]

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await orders.notes_of(placed.order_id) == []


def test_tags_are_cut_where_commas_of_any_kind_stand() -> None:
    assert orders.read_tags("gift, vip，急单、gift, ,") == ["gift", "vip", "急单"]


async def _begun(order_id: UUID) -> payments.Payment:
    async with tenants.transaction():
        return (await payments.open_payments_of(order_id))[-1]


async def test_what_was_begun_for_the_former_sum_is_closed_at_its_provider(shop: Tenant) -> None:
    peaches, honey = await selling.offer(price=4390), await selling.offer(title="Honey", price=2000)
    placed = await selling.order(peaches, honey)
    payment = await selling.open_payment(placed.order_id)
    _first, second = await _lines(placed.order_id)

    await reduce_unpaid(placed.order_id, (await _order(placed.order_id)).event_seq, {second.id: 0}, actor="Su He")

    async with tenants.transaction():
        closed = await payments.find(payment.id)
        payload = await tenants.connection().fetchval(
            "SELECT payload->>'payment_id' FROM outbox WHERE kind = 'payments.close_at_provider'"
        )
    assert (closed.status, payload) == ("canceled", str(payment.id))
    await check(shop)


async def test_money_for_the_former_sum_goes_back_and_the_order_waits_on(shop: Tenant) -> None:
    peaches, honey = await selling.offer(price=4390), await selling.offer(title="Honey", price=2000)
    placed = await selling.order(peaches, honey)
    former = await selling.open_payment(placed.order_id)
    _first, second = await _lines(placed.order_id)
    await reduce_unpaid(placed.order_id, (await _order(placed.order_id)).event_seq, {second.id: 0}, actor="Su He")

    assert await settle_payment(selling.notice(selling.captured(former))) == "late"

    order = await _order(placed.order_id)
    assert (order.payment_status, order.due_amount) == ("unpaid", 4390)
    async with tenants.transaction():
        (refund,) = await payments.refunds_of(order.id)
    assert (refund.amount, refund.reason) == (6390, "late_payment")
    await check(shop)
    fitting = await selling.open_payment(placed.order_id)
    assert await settle_payment(selling.notice(selling.captured(fitting))) == "paid"
    await check(shop)
