"""Calling an order off: never more money back than came in, and never while its goods may be leaving."""

from __future__ import annotations

import asyncio

import pytest

import tenants
from app import fulfillment, orders, payments
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.deliver_parcel import deliver_parcel
from app.flows.place_order import Placed, place_order
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare, take_no
from app.flows.request_refund import request_refund
from app.flows.settle_refund import settle_refund
from app.kernel.clock import now
from infra.carrier.port import TrackingNotice
from infra.payment.port import RefundState
from infra.warehouse.port import WarehouseRejected
from tenants import Tenant
from tenants.steps import Step
from tests import builders_selling as selling
from tests.invariants import check


async def _settle(refund: payments.Refund) -> None:
    await settle_refund(RefundState(refund.number, "", "succeeded", refund.amount, refund.currency))


async def _refunds(placed: Placed) -> list[payments.Refund]:
    async with tenants.transaction():
        return await payments.refunds_of(placed.order_id)


async def _order(placed: Placed) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(placed.order_id)


async def _planned(placed: Placed) -> fulfillment.WorkOrder:
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return work_order


async def test_canceling_gives_back_only_what_is_not_promised_already(shop: Tenant) -> None:
    placed = await selling.paid_order(await selling.offer(price=1000))
    (part,) = await request_refund(placed.order_id, amount=300, reason="bruised")

    await cancel_order(placed.order_id, actor="shopper")

    refunds = await _refunds(placed)
    for refund in refunds:
        await _settle(refund)
    assert [refund.amount for refund in refunds] == [part.amount, 700]
    assert (await _order(placed)).payment_status == "refunded"
    await check(shop)


async def test_an_order_given_back_whole_frees_its_goods_by_itself(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    placed = await selling.paid_order(peaches)
    (refund,) = await request_refund(placed.order_id, amount=None, reason="changed mind")
    await _settle(refund)

    assert len(await _refunds(placed)) == 1
    assert (await _order(placed)).fulfillment_status == "canceled"
    assert await selling.stock_of(peaches) == {"on_hand": 10, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_calling_off_and_handing_over_at_once_never_do_both(shop: Tenant) -> None:
    for _round in range(6):
        placed = await selling.paid_order()
        work_order = await _planned(placed)

        handed, _canceled = await asyncio.gather(
            prepare(work_order.id), cancel_order(placed.order_id, actor="shopper"), return_exceptions=True
        )

        assert ((await _order(placed)).status == "canceled") == (handed is None)


@pytest.mark.parametrize("waits_as", ["on_hold", "open"])
async def test_what_the_warehouse_may_have_is_not_called_off(shop: Tenant, waits_as: str) -> None:
    """The push was never answered; whether it then waits for a person or for another try makes no difference."""
    placed = await selling.paid_order()
    work_order = await _planned(placed)
    await prepare(work_order.id)
    async with tenants.transaction():
        await fulfillment.hold(work_order.id, "The warehouse did not answer")
        if waits_as == "open":
            await fulfillment.reopen(work_order.id)

    with pytest.raises(TooLateToCancel):
        await cancel_order(placed.order_id, actor="shopper")


@pytest.mark.parametrize("code", ["unknown_sku", "canceled"])
async def test_what_the_warehouse_clearly_refused_can_be_called_off(shop: Tenant, code: str) -> None:
    placed = await selling.paid_order()
    consignment = await prepare((await _planned(placed)).id)
    assert consignment is not None

    await take_no(consignment, WarehouseRejected(code, "no"))
    await cancel_order(placed.order_id, actor="shopper")

    assert (await _order(placed)).status == "canceled"


async def test_a_parcel_that_arrives_after_all_leaves_a_canceled_order_canceled(shop: Tenant) -> None:
    placed = await selling.paid_order()
    work_order = await _planned(placed)
    await cancel_order(placed.order_id, actor="shopper")
    parcel = fulfillment.Shipped("SF1", "sf", "SF", now(), (), complete=True)
    async with tenants.transaction():
        await fulfillment.record(work_order, parcel)

    await deliver_parcel(TrackingNotice("n1", "sf", "SF1", "delivered", now(), ()), "{}")

    assert (await _order(placed)).fulfillment_status == "canceled"


async def test_a_number_that_may_be_taken_is_not_given_out_again(shop: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit's answer got lost: the order is there, and the next one gets another number."""
    real = orders.write_order

    async def lost(order: orders.NewOrder, *also: Step) -> None:
        await real(order, *also)
        raise ConnectionResetError

    visitor, cart = await selling.fill_cart(await selling.offer())
    with monkeypatch.context() as outage:
        outage.setattr(orders, "write_order", lost)
        with pytest.raises(ConnectionResetError):
            await place_order(cart, visitor, selling.checkout())

    assert [(await selling.order()).number for _order in range(2)] == ["T1000002", "T1000003"]
