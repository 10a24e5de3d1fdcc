"""The merchant works through the queue of exceptions, by pages alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
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
