"""Units a warehouse has are paid back after it stopped them, and only then."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders, payments
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from app.flows.refund_unsent import NothingToStop, ask_to_refund
from app.flows.refund_wish import RefundWish
from app.flows.stop_work_order import stop_at_warehouse
from app.flows.work_order_steps import TooLateToStop
from app.fulfillment import trouble
from app.kernel.errors import NotFound
from app.kernel.ids import new_id
from app.payments import RefundLine
from tenants import Tenant
from tests.builders_selling import jobs, offer, paid_order
from tests.invariants import check
from tests.scripted_warehouse import Asked, asked_to_stop
from workers.context import JobContext
from workers.fulfillment import refund_stopped


@pytest.fixture
def answers() -> Iterator[Asked]:
    with asked_to_stop() as asked:
        yield asked


async def _sent(quantity: int = 3) -> tuple[UUID, UUID, UUID]:
    """Order, its work order that the warehouse has, and its line."""
    placed = await paid_order(await offer(price=1000, stock=10), quantity=quantity)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work,) = await fulfillment.work_orders_of(placed.order_id)
        (line,) = await orders.lines_of(placed.order_id)
    assert await prepare(work.id) is not None
    async with tenants.transaction():
        await fulfillment.mark_accepted(work.id, "W1")
    return placed.order_id, work.id, line.id


async def _refunds(order_id: UUID) -> list[int]:
    async with tenants.transaction():
        return [refund.amount for refund in await payments.refunds_of(order_id)]


async def _work(order_id: UUID) -> list[tuple[str, str]]:
    async with tenants.transaction():
        known = await fulfillment.work_orders_of(order_id)
    return [(each.reference[-1], each.status) for each in known]


async def _ask(order_id: UUID, line: UUID, units: int) -> RefundWish:
    wish = RefundWish(new_id(), (RefundLine(line, units),), reason="changed mind")
    for _twice in range(2):
        await ask_to_refund(order_id, wish, actor="Su")
    return wish


async def _finish(order_id: UUID, wish: RefundWish) -> None:
    context = JobContext(new_id(), "payments.refund_stopped", 1, 1)
    for _twice in range(2):
        await refund_stopped(context, order_id=str(order_id), source=str(wish.source))


async def test_a_part_is_paid_back_once_and_the_rest_leaves_under_a_new_reference(shop: Tenant, answers: Asked) -> None:
    order_id, work, line = await _sent()

    wish = await _ask(order_id, line, 1)
    before = await _refunds(order_id)
    await stop_at_warehouse(work)
    assert await _work(order_id) == [("1", "canceled"), ("2", "on_hold")]
    assert await jobs("payments.refund_stopped") == 1
    await _finish(order_id, wish)

    assert (before, await _refunds(order_id)) == ([], [1000])
    assert await _work(order_id) == [("1", "canceled"), ("2", "open")]
    async with tenants.transaction():
        copied = (await fulfillment.work_orders_of(order_id))[1]
        assert [each.asked for each in await fulfillment.progress(copied.id)] == [2]
    await check(shop)


async def test_all_of_it_is_paid_back_and_nothing_leaves(shop: Tenant, answers: Asked) -> None:
    order_id, work, line = await _sent()

    wish = await _ask(order_id, line, 3)
    await stop_at_warehouse(work)
    await _finish(order_id, wish)

    assert sum(await _refunds(order_id)) >= 3000
    assert await _work(order_id) == [("1", "canceled"), ("2", "canceled")]
    async with tenants.transaction():
        assert (await orders.find(order_id)).fulfillment_status == "canceled"
    await check(shop)


async def test_what_is_not_stopped_is_not_paid_back_and_a_person_hears(shop: Tenant, answers: Asked) -> None:
    answers.no = "already_shipped"
    order_id, work, line = await _sent()

    wish = await _ask(order_id, line, 1)
    await stop_at_warehouse(work)
    await _finish(order_id, wish)

    assert await _refunds(order_id) == []
    assert await _work(order_id) == [("1", "accepted")]
    async with tenants.transaction():
        assert await fulfillment.open_exceptions() == {trouble.FAILED_INTERCEPT: 1}
    await check(shop)


async def test_nothing_is_asked_about_what_no_warehouse_has_or_what_has_left(shop: Tenant) -> None:
    placed = await paid_order(await offer())
    async with tenants.transaction():
        (line,) = await orders.lines_of(placed.order_id)
    wish = RefundWish(new_id(), (RefundLine(line.id, 1),))
    order_id, work, sent = await _sent()
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE fulfillment_order SET status = 'closed' WHERE id = $1", work)

    for order, one in ((placed.order_id, wish), (order_id, RefundWish(new_id(), (RefundLine(sent, 1),)))):
        with pytest.raises((NothingToStop, TooLateToStop)):
            await ask_to_refund(order, one, actor="Su")


async def test_another_store_asks_about_nothing(shop: Tenant, other_shop: Tenant) -> None:
    order_id, _work, line = await _sent()

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await ask_to_refund(order_id, RefundWish(new_id(), (RefundLine(line, 1),)), actor="Su")
