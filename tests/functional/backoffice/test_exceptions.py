"""The merchant works through the queue of exceptions, by pages alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from infra.settings import settings
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_selling import paid_order

QUEUE = admin("/fulfillment/exceptions")


async def _held(reason: str) -> tuple[str, UUID]:
    """Order number and exception."""
    placed = await paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.hold_unsent(work_order.id, reason)
        (exception,) = await fulfillment.exceptions_of(placed.order_id)
    return placed.number, exception.id


async def _open() -> int:
    async with tenants.transaction():
        return sum((await fulfillment.open_exceptions()).values())


async def test_a_picker_finds_an_exception_and_resolves_it_with_a_note(visitor: Any, shop: Tenant) -> None:
    number, exception = await _held("address_refused: no street number")
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "manager"))

    page = (await visitor.get(QUEUE)).text
    silent = await visitor.submit(f"{QUEUE}/{exception}", {"note": " "}, page=QUEUE)
    answer = await visitor.submit(f"{QUEUE}/{exception}", {"note": "Asked her"}, page=QUEUE)

    assert f"{number}-1" in page
    assert "no street number" in page
    assert f"/orders/{number}/edit" in page
    assert silent.status_code == 422
    assert answer.status_code == 303
    assert await _open() == 0
    assert "Asked her" in (await visitor.get(f"{QUEUE}?status=resolved")).text


async def test_rows_of_one_kind_are_sent_again_or_resolved_at_once(visitor: Any, shop: Tenant) -> None:
    chosen = [(await _held("order_refused: closed"))[1] for _ in range(2)]
    await sign_in(visitor, await staff_of(shop, "picker"))
    page = f"{QUEUE}?kind=refused_by_warehouse"

    nothing = await visitor.submit(f"{QUEUE}/chosen", {"exception": chosen, "deed": "resolve"}, page=page)
    again = await visitor.submit(f"{QUEUE}/chosen", {"exception": chosen, "deed": "retry"}, page=page)

    assert nothing.status_code == 422
    assert again.status_code == 303
    assert await _open() == 0


async def test_who_only_reads_resolves_nothing(visitor: Any, shop: Tenant) -> None:
    _number, exception = await _held("order_refused: closed")
    await sign_in(visitor, await staff_of(shop, "read_only"))

    answer = await visitor.submit(f"{QUEUE}/{exception}", {"note": "Done"}, page=QUEUE)

    assert answer.status_code == 403
    assert await _open() == 1


async def _could_not_be_stopped() -> tuple[str, UUID, str]:
    """Order number, work order, and the address of the order's page with its key."""
    placed = await paid_order()
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.ask_stop(work_order.id, "cancel", {}, by="shopper")
        stop = await fulfillment.open_stop(work_order.id)
        assert stop is not None
        await fulfillment.settle_stop(stop, stopped=False, outcome="already_shipped: gone")
        await fulfillment.raise_exception(fulfillment.trouble.FAILED_INTERCEPT, work_order=work_order.id)
    return placed.number, work_order.id, f"/orders/{placed.number}?key={orders.access_key(placed.order_id)}"


async def test_what_could_not_be_stopped_comes_back_as_the_merchant_decides_and_the_shopper_reads_how(
    visitor: Any, shop: Tenant
) -> None:
    number, work_order, page = await _could_not_be_stopped()
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "finance"))
    ways = admin(f"/orders/{number}/work-orders/{work_order}/way-back")

    queue = (await visitor.get(QUEUE)).text
    nowhere = await visitor.submit(f"{ways}/elsewhere", {}, page=QUEUE)
    answer = await visitor.submit(f"{ways}/at-the-door", {}, page=QUEUE)

    assert "Take it back as a return" in queue
    assert "Pay it back once it came back" in queue
    assert (nowhere.status_code, answer.status_code, await _open()) == (404, 303, 0)
    assert "Paid back once it came back" in (await visitor.get(admin(f"/orders/{number}"))).text
    shopper = (await visitor.get(f"{settings().origin(shop.slug)}{page}")).text
    assert "Please do not accept the parcel" in shopper


async def test_a_picker_does_not_decide_about_money(visitor: Any, shop: Tenant) -> None:
    number, work_order, _page = await _could_not_be_stopped()
    await sign_in(visitor, await staff_of(shop, "picker"))

    answer = await visitor.submit(admin(f"/orders/{number}/work-orders/{work_order}/way-back/return"), {}, page=QUEUE)

    assert answer.status_code == 403
    assert await _open() == 1
