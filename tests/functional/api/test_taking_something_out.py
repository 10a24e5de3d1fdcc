"""A program takes units out of an order that goes on."""

from __future__ import annotations

from typing import Any

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import prepare
from tenants import Tenant
from tests import builders_campaigns as campaigns
from tests import builders_selling as selling
from tests.functional.api.conftest import Program
from tests.functional.api.test_joining_and_buying import _placed, place
from tests.invariants import check


async def _paid(program: Program, *, pushed: bool = False) -> tuple[str, Any]:
    """Three units, planned: the order's number and its only line."""
    peaches = await selling.offer(price=1000)
    await program.come()
    cart = (await program.send("POST", "/cart/lines", {"variant": str(peaches.variant), "quantity": 3}))["cart"]
    number = (await place(program, cart)).json()["number"]
    placed = await _placed(number)
    await campaigns.pay(placed)
    await plan_fulfillment(placed.order_id)
    if pushed:
        async with tenants.transaction():
            (work,) = await fulfillment.work_orders_of(placed.order_id)
        await prepare(work.id)
        async with tenants.transaction():
            await fulfillment.mark_accepted(work.id, "W1")
    return number, (await program.get(f"/orders/{number}"))["lines"][0]


async def test_units_are_taken_out_at_once_and_once(shop: Tenant, program: Program) -> None:
    number, line = await _paid(program)
    wish = {"lines": [{"line": line["line"], "units": 1}]}

    answers = [await program.ask("POST", f"/orders/{number}/unwanted", wish, Idempotency_Key="one") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    after = await program.get(f"/orders/{number}")
    assert (line["unsent"], after["lines"][0]["unsent"], after["ships_by"] is not None) == (3, 2, True)
    async with tenants.transaction():
        refunds = await tenants.connection().fetch("SELECT amount FROM refund")
    assert [row["amount"] for row in refunds] == [1000]
    await check(shop)


async def test_what_a_warehouse_has_is_asked_for(shop: Tenant, program: Program) -> None:
    number, line = await _paid(program, pushed=True)

    answer = await program.ask("POST", f"/orders/{number}/unwanted", {"lines": [{"line": line["line"], "units": 2}]})

    assert answer.status_code == 202
    asked = answer.json()["asked"]
    assert (asked["to"], asked["status"]) == ("refund", "asked")


async def test_nothing_of_it_is_another_wish_and_too_many_are_refused(shop: Tenant, program: Program) -> None:
    number, line = await _paid(program)

    codes = [
        (
            await program.ask("POST", f"/orders/{number}/unwanted", {"lines": [{"line": line["line"], "units": units}]})
        ).json()["code"]
        for units in (3, 4)
    ]

    assert codes == ["orders.wants_nothing", "orders.units_have_left"]


async def test_a_stranger_takes_nothing_out(shop: Tenant, program: Program) -> None:
    number, line = await _paid(program)
    await program.come()
    program.token = (await program.send("POST", "/session", {}, authorization=""))["token"]

    answer = await program.ask("POST", f"/orders/{number}/unwanted", {"lines": [{"line": line["line"], "units": 1}]})

    assert answer.status_code == 404
