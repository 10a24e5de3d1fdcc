"""Bank transfers wait for a person; cash at the door lets the goods go first. Neither is ever booked twice."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

import pytest

import tenants
from app import orders, payments
from app.flows.cancel_order import cancel_order
from app.flows.confirm_payment import AlreadyConfirmed, Receipt, confirm_payment, confirm_refund
from app.flows.connect_payments import connect_payments
from app.flows.expire_reservation import expire_reservation
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.refuse_cash import NotWaitingForCash, refuse_cash
from app.flows.request_refund import request_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.flows.start_payment import NotPayable, PayPage, start_payment
from app.flows.switchboard import Switchboard
from app.identity import Viewer
from app.kernel.clock import now
from app.kernel.errors import InvalidInput
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests import invariants
from workers.payments import HANDLERS

PAGE = PayPage("http://shop.example/orders/1", "en", "Peaches")
TODAY = date.today()  # noqa: DTZ011 - a day on a bank statement
TRANSFER = {
    "account_name": "Peach Co", "bank_name": "Bank of Wuxi", "account_number": "12 345 678", "days": "5",
}  # fmt: skip


def merchant() -> Viewer:
    return Viewer(
        realm="merchant", id=new_id(), name="Su He", email="su@example.test", role="owner", tenant_id=None,
        token_hash=b"", csrf_token="",
    )  # fmt: skip


async def by(vendor: str, made: selling.Offer | None = None) -> tuple[UUID, payments.Payment]:
    """An order somebody promised to pay this way."""
    await connect_payments(vendor, TRANSFER if vendor == "bank_transfer" else {}, by=merchant())
    placed = await selling.order(made or await selling.offer(price=4390))
    assert (await start_payment(placed.order_id, vendor, PAGE)).kind == "promise"
    async with tenants.transaction():
        payment = await payments.newest_of(placed.order_id)
    assert payment is not None
    return placed.order_id, payment


async def confirm(payment: payments.Payment, amount: int | None = None) -> str:
    receipt = Receipt(payment.amount if amount is None else amount, TODAY)
    state = await confirm_payment(payment.number, receipt, by=merchant())
    return await settle_payment(state, source=payment.provider)


async def find(order_id: UUID) -> orders.Order:
    async with tenants.transaction():
        return await orders.find(order_id)


async def test_a_transfer_has_days_and_its_goods_wait_as_long(shop: Tenant) -> None:
    order_id, _payment = await by("bank_transfer")

    order = await find(order_id)

    assert order.expires_at is not None
    assert order.expires_at - order.placed_at == timedelta(days=5)
    async with tenants.transaction():
        held = await tenants.connection().fetchval("SELECT expires_at FROM reservation WHERE order_id = $1", order_id)
    assert held == order.expires_at
    await expire_reservation(order_id, Switchboard())
    assert (await find(order_id)).status == "placed"
    assert await selling.jobs("payments.expire_order") == 2
    await invariants.check(shop)


async def test_choosing_a_transfer_twice_is_one_promise(shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")

    await start_payment(order_id, "bank_transfer", PAGE)

    async with tenants.transaction():
        assert [each.id for each in await payments.open_payments_of(order_id)] == [payment.id]


async def test_a_transfer_is_confirmed_once_however_often_the_button_is_pressed(shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")

    outcomes = await asyncio.gather(*(confirm(payment) for _press in range(4)), return_exceptions=True)

    assert sorted(str(each) for each in outcomes if isinstance(each, str))[-1] == "paid"
    assert [each for each in outcomes if each == "paid"] == ["paid"]
    with pytest.raises(AlreadyConfirmed):
        await confirm(payment)
    assert (await find(order_id)).payment_status == "paid"
    await invariants.check(shop)


@pytest.mark.parametrize("difference", [-1, 1])
async def test_another_amount_than_the_orders_is_not_confirmed(shop: Tenant, difference: int) -> None:
    order_id, payment = await by("bank_transfer")

    with pytest.raises(InvalidInput):
        await confirm(payment, payment.amount + difference)

    assert (await find(order_id)).payment_status == "unpaid"
    await invariants.check(shop)


async def test_a_day_that_has_not_come_is_refused(shop: Tenant) -> None:
    _order, payment = await by("bank_transfer")

    with pytest.raises(InvalidInput):
        await confirm_payment(payment.number, Receipt(payment.amount, TODAY + timedelta(days=3)), by=merchant())


async def test_a_transfer_that_comes_too_late_goes_back_by_hand(shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    await selling.run_out_of_time(order_id)
    await expire_reservation(order_id, Switchboard())

    assert await confirm(payment) == "late"

    async with tenants.transaction():
        (refund,) = await payments.refunds_of(order_id)
    state = await confirm_refund(refund.number, reference="TR-77", day=TODAY, by=merchant())
    assert await settle_refund(state, source="bank_transfer") == "refunded"
    await invariants.check(shop)


async def test_a_refund_by_hand_waits_until_somebody_sent_it(shop: Tenant) -> None:
    order_id, payment = await by("bank_transfer")
    await confirm(payment)
    (refund,) = await request_refund(order_id, reason="a bruise")

    await HANDLERS["payments.refund"](None, refund_id=str(refund.id))
    async with tenants.transaction():
        assert await payments.refunds_waiting_since(now() + timedelta(days=1)) == []
        (waiting,) = await payments.refunds_of(order_id)
    assert waiting.status == "pending"
    with pytest.raises(InvalidInput):
        await confirm_refund(refund.number, reference="", day=TODAY, by=merchant())
    state = await confirm_refund(refund.number, reference="TR-78", day=TODAY, by=merchant())
    outcomes = await asyncio.gather(*(settle_refund(state, source="bank_transfer") for _copy in range(3)))

    assert sorted(outcomes) == ["nothing_new", "nothing_new", "refunded"]
    with pytest.raises(AlreadyConfirmed):
        await confirm_refund(refund.number, reference="TR-79", day=TODAY, by=merchant())
    assert (await find(order_id)).payment_status == "refunded"
    await invariants.check(shop)


async def test_cash_at_the_door_lets_the_goods_go_first(shop: Tenant) -> None:
    made = await selling.offer(price=4390, stock=10)
    order_id, payment = await by("cash_on_delivery", made)

    order = await find(order_id)
    await plan_fulfillment(order_id)

    assert (order.payment_status, order.expires_at, order.paid_amount) == ("authorized", None, 0)
    assert (await selling.stock_of(made))["allocated"] == 1
    assert await selling.jobs("fulfillment.push_order") == 1
    await invariants.check(shop)
    assert await confirm(payment) == "paid"
    assert (await find(order_id)).payment_status == "paid"
    assert await selling.jobs("attribution.finalize") >= 1
    await invariants.check(shop)


async def test_an_order_for_cash_never_runs_out_of_time(shop: Tenant) -> None:
    order_id, _payment = await by("cash_on_delivery")
    await selling.run_out_of_time(order_id)

    await expire_reservation(order_id, Switchboard())

    assert (await find(order_id)).status == "placed"
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE orders SET expires_at = NULL WHERE id = $1", order_id)
        assert await payments.open_payments_before(now() + timedelta(days=1)) == []


async def test_an_order_for_cash_can_be_called_off_and_gives_its_goods_back(shop: Tenant) -> None:
    made = await selling.offer(price=4390, stock=10)
    order_id, payment = await by("cash_on_delivery", made)

    await cancel_order(order_id, actor="shopper")

    order = await find(order_id)
    assert (order.status, order.payment_status) == ("canceled", "voided")
    assert (await selling.stock_of(made))["allocated"] == 0
    async with tenants.transaction():
        assert (await payments.find(payment.id)).status == "canceled"
    await invariants.check(shop)


async def test_a_parcel_nobody_took_ends_without_money(shop: Tenant) -> None:
    order_id, payment = await by("cash_on_delivery")
    await plan_fulfillment(order_id)

    await refuse_cash(payment.number, actor="Su He")

    order = await find(order_id)
    assert (order.status, order.payment_status) == ("canceled", "voided")
    with pytest.raises(NotWaitingForCash):
        await refuse_cash(payment.number, actor="Su He")
    await invariants.check(shop)


async def test_who_trusted_the_shopper_is_not_paid_by_somebody_else(shop: Tenant) -> None:
    """A payment begun elsewhere before the shopper chose cash comes too late, and goes back."""
    placed = await selling.order(await selling.offer(price=4390))
    begun = await selling.open_payment(placed.order_id)
    await connect_payments("cash_on_delivery", {}, by=merchant())
    await start_payment(placed.order_id, "cash_on_delivery", PAGE)

    assert await settle_payment(selling.captured(begun), source="sandbox") == "late"

    with pytest.raises(NotPayable):
        await start_payment(placed.order_id, "sandbox", PAGE)
    assert (await find(placed.order_id)).payment_status == "authorized"
    await invariants.check(shop)


async def test_one_store_confirms_nothing_of_another(shop: Tenant, other_shop: Tenant) -> None:
    from app.kernel.errors import NotFound

    _order, payment = await by("bank_transfer")

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await confirm(payment)
