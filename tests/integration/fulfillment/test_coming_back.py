"""Goods that come back to the warehouse they left: announced once, looked at once; differences wait for a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

import tenants
from app import fulfillment
from app.flows.decide_aftersale import approve_aftersale
from app.flows.take_notice import take_notice
from app.fulfillment import trouble
from infra.warehouse.port import ReturnedLine, ReturnNotice
from tenants import Tenant
from tests import builders_aftersales as build
from tests import invariants
from tests.builders_selling import Offer, offer, stock_of
from tests.faults import jobs
from tests.scripted_warehouse import Scripted, played_by

ELSEWHERE = ("payments.", "aftersales.", "messaging.", "fulfillment.register_warehouse", "fulfillment.plan")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    warehouse = Scripted()
    with played_by(warehouse):
        yield warehouse


async def _agreed(peaches: Offer, *, quantity: int = 2) -> UUID:
    order = await build.delivered_order(peaches, quantity=quantity)
    request = await build.ask(order, quantity=quantity)
    await approve_aftersale(request, actor="owner", address=build.ADDRESS)
    await jobs.work(*ELSEWHERE)
    return request


async def _came_back(request: UUID, *, good: int, damaged: int, number: str = "back") -> None:
    case = await build.case(request)
    line = (await build.lines_of(case.order_id))[0]
    async with tenants.transaction():
        speaker = (await fulfillment.warehouses())[0]
    told = ReturnNotice(
        number, case.number, (ReturnedLine(str(line.id), line.sku, good, damaged),), datetime.now(UTC)
    )  # fmt: skip
    await take_notice(told, "", speaker)


async def test_the_warehouse_is_told_and_what_it_finds_moves_the_request(shop: Tenant, scripted: Scripted) -> None:
    peaches = await offer(stock=10)
    request = await _agreed(peaches)
    case = await build.case(request)

    await _came_back(request, good=1, damaged=1)
    await _came_back(request, good=1, damaged=1)
    await _came_back(request, good=2, damaged=0, number="told anew")

    announced = scripted.returns[case.number]
    assert [(line.quantity, line.name) for line in announced.lines] == [(2, "Peaches")]
    assert announced.order_reference.startswith((await build.order_of(case.order_id)).number)
    assert (await build.case(request)).status == "inspecting"
    assert (await stock_of(peaches))["on_hand"] == 9
    async with tenants.transaction():
        assert await fulfillment.exceptions_of(case.order_id) == []
        assert (await fulfillment.return_of(case.number)).warehouse_ref == f"R-{case.number}"
    await invariants.check(shop)


async def test_a_parcel_with_something_else_in_it_waits_for_a_person(shop: Tenant, scripted: Scripted) -> None:
    peaches = await offer(stock=10)
    request = await _agreed(peaches)

    await _came_back(request, good=5, damaged=0)

    case = await build.case(request)
    async with tenants.transaction():
        (found,) = await fulfillment.exceptions_of(case.order_id)
    assert (found.kind, found.params["aftersale"]) == (trouble.RETURN_DIFFERS, str(request))
    assert (await stock_of(peaches))["on_hand"] == 10
    await invariants.check(shop)


async def test_goods_nobody_waits_for_change_nothing_but_are_seen(shop: Tenant, scripted: Scripted) -> None:
    peaches = await offer(stock=10)
    request = await _agreed(peaches)
    await build.lapse(request)

    await _came_back(request, good=2, damaged=0)

    case = await build.case(request)
    async with tenants.transaction():
        (found,) = await fulfillment.exceptions_of(case.order_id)
    assert (case.status, found.kind) == ("canceled", trouble.RETURN_DIFFERS)
    assert (await stock_of(peaches))["on_hand"] == 8


async def test_a_return_is_announced_to_nobody_when_nothing_comes_back(shop: Tenant, scripted: Scripted) -> None:
    order = await build.delivered_order(await offer(stock=10), quantity=1)
    request = await build.ask(order, kind="claim")
    await approve_aftersale(request, actor="owner")
    await jobs.work(*ELSEWHERE)

    assert scripted.returns == {}
