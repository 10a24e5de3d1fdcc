"""What could not be stopped comes back the way the store decides: as a return, or unopened and then paid back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

import tenants
from app import aftersales, fulfillment, orders, payments
from app.flows.deliver_parcel import deliver_parcel
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.refund_unsent import ask_to_refund
from app.flows.refund_wish import RefundWish
from app.flows.request_aftersale import request_aftersale
from app.flows.stop_work_order import ask_to_stop_order, stop_at_warehouse
from app.flows.take_notice import take_notice
from app.flows.ways_back import choose_way_back, way_to_follow
from app.fulfillment import NothingRefused, trouble
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.payments import RefundLine
from infra import wiring
from infra.carrier.port import TrackingNotice
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice, WarehouseRejected
from tenants import Tenant
from tests import builders_aftersales as build
from tests.builders_selling import Offer, offer, paid_order, stock_at, stock_of, warehouse
from tests.faults import jobs
from tests.invariants import check

ELSEWHERE = (
    "payments.", "aftersales.", "messaging.", "fulfillment.plan", "fulfillment.push", "fulfillment.stop",
    "fulfillment.register", "fulfillment.announce", "attribution.", "commissions.", "purchasing.",
)  # fmt: skip


class _Refusing:
    horizon_s = 0

    async def cancel_order(self, reference: str) -> None:
        raise WarehouseRejected("already_shipped", "on the truck")


@pytest.fixture(autouse=True)
def refusing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "warehouse_gateway", lambda *_args, **_more: _Refusing())


async def _refused(*, units: int = 0) -> tuple[UUID, fulfillment.WorkOrder, Offer]:
    """Three that a supplier has; calling them off, or `units` of them, was refused."""
    peaches = await offer(price=1000, stock=10)
    placed = await paid_order(peaches, quantity=3)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
        (line,) = await orders.lines_of(placed.order_id)
    await prepare(work.id)
    async with tenants.transaction():
        await fulfillment.mark_accepted(work.id, "W1")
    if units:
        wish = RefundWish(uuid4(), [RefundLine(line.id, units)], reason="not_wanted")
        await ask_to_refund(placed.order_id, wish, actor="shopper")
    else:
        await ask_to_stop_order(placed.order_id, actor="shopper", cause="canceled_by_shopper")
    await stop_at_warehouse(work.id)
    return placed.order_id, work, peaches


async def _leaves(work: fulfillment.WorkOrder) -> str:
    number = f"SF{uuid4().hex[:10].upper()}"
    async with tenants.transaction():
        lines = tuple(ParcelLine(str(one.order_line), "", one.asked) for one in await fulfillment.progress(work.id))
    parcel = Parcel(number, "shunfeng", "SF", now(), lines)
    await take_notice(ShipmentNotice(number, work.reference, parcel, complete=True), "")
    return number


async def _comes_back(number: str) -> None:
    at = now() + timedelta(minutes=1)
    await deliver_parcel(TrackingNotice(uuid4().hex, "shunfeng", number, "returned", at), "{}")
    await jobs.work(*ELSEWHERE)


async def _open() -> dict[str, int]:
    async with tenants.transaction():
        return await fulfillment.open_exceptions()


async def _told(order_id: UUID) -> list[str]:
    async with tenants.transaction():
        rows = await tenants.connection().fetch("SELECT kind FROM message WHERE order_id = $1", order_id)
    return [row["kind"] for row in rows if row["kind"].startswith("way_back")]


async def test_a_return_is_opened_for_the_shopper_once_the_goods_have_left(shop: Tenant) -> None:
    order_id, work, _peaches = await _refused()
    assert await _open() == {trouble.FAILED_INTERCEPT: 1}

    await choose_way_back(work.id, "return", by="Su")
    await jobs.work(*ELSEWHERE)
    async with tenants.transaction():
        assert await aftersales.of_order(order_id) == []  # nothing has left that could be sent back
    await _leaves(work)
    for _twice in range(2):
        await jobs.work(*ELSEWHERE)

    async with tenants.transaction():
        (case,) = await aftersales.of_order(order_id)
        (line,) = await aftersales.lines_of(case.id)
        (way,) = await fulfillment.ways_back_of(order_id)
    assert (case.kind, case.reason, case.opened_by, line.quantity) == ("return", "no_longer_wanted", "merchant", 3)
    assert (way.aftersale, way.done_at is not None) == (case.id, True)
    assert await _open() == {}
    assert await _told(order_id) == ["way_back.return"]


async def test_who_dies_after_opening_the_return_opens_no_second_one(shop: Tenant) -> None:
    order_id, work, _peaches = await _refused()
    await _leaves(work)
    way = await choose_way_back(work.id, "return", by="Su")
    found = await way_to_follow(way.id)
    assert found is not None
    assert found.wish is not None
    opened = await request_aftersale(order_id, found.wish, opened_by="merchant", actor="Su")  # and died here

    await jobs.work(*ELSEWHERE)

    async with tenants.transaction():
        assert [case.id for case in await aftersales.of_order(order_id)] == [opened]
        assert (await fulfillment.find_way_back(way.id)).aftersale == opened
    assert await _open() == {}


async def test_only_the_units_that_were_wished_away_come_back_as_a_return(shop: Tenant) -> None:
    order_id, work, _peaches = await _refused(units=2)
    await _leaves(work)
    await choose_way_back(work.id, "return", by="Su")
    await jobs.work(*ELSEWHERE)

    async with tenants.transaction():
        (case,) = await aftersales.of_order(order_id)
        (line,) = await aftersales.lines_of(case.id)
    assert (line.quantity, case.wanted_amount) == (2, 2000)


async def test_what_is_not_accepted_is_paid_back_when_the_carrier_has_brought_it_back(shop: Tenant) -> None:
    order_id, work, peaches = await _refused()
    number = await _leaves(work)
    await choose_way_back(work.id, "at_the_door", by="Su")
    await jobs.work(*ELSEWHERE)
    async with tenants.transaction():
        assert await payments.refunds_of(order_id) == []

    await _comes_back(number)
    await _comes_back(number)

    async with tenants.transaction():
        (refund,) = await payments.refunds_of(order_id)
    order = await build.order_of(order_id)
    assert (refund.amount, refund.reason) == (order.total_amount, "came_back")
    assert await _told(order_id) == ["way_back.at_the_door"]
    with pytest.raises(NothingRefused):
        await choose_way_back(work.id, "return", by="Su")
    assert (await stock_of(peaches))["on_hand"] == 7
    await check(shop)


async def test_another_store_decides_nothing(shop: Tenant, other_shop: Tenant) -> None:
    _order_id, work, _peaches = await _refused()

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await choose_way_back(work.id, "return", by="Mallory")

    assert await _open() == {trouble.FAILED_INTERCEPT: 1}


async def test_nothing_is_decided_where_nobody_refused(shop: Tenant) -> None:
    placed = await paid_order(await offer(stock=10))
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)

    with pytest.raises(NothingRefused):
        await choose_way_back(work.id, "return", by="Su")


async def test_the_last_parcel_that_comes_back_pays_back_whatever_is_left(shop: Tenant) -> None:
    tea = await offer(price=1000, stock=1)
    await stock_at(tea, await warehouse("Elsewhere"), 2)
    placed = await paid_order(tea, quantity=3)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        works = await fulfillment.work_orders_of(placed.order_id)
    for work in works:
        await prepare(work.id)
        async with tenants.transaction():
            await fulfillment.mark_accepted(work.id, "W")
    await ask_to_stop_order(placed.order_id, actor="shopper", cause="canceled_by_shopper")
    numbers = []
    for work in works:
        await stop_at_warehouse(work.id)
        numbers.append(await _leaves(work))
        await choose_way_back(work.id, "at_the_door", by="Su")

    paid_back = []
    for number in numbers:
        await _comes_back(number)
        async with tenants.transaction():
            paid_back.append(sum(refund.amount for refund in await payments.refunds_of(placed.order_id)))

    total = (await build.order_of(placed.order_id)).total_amount
    assert 0 < paid_back[0] < paid_back[1] == total
    await check(shop)
