"""Orders, warehouses and carriers are compared: each planted difference is found once, and a clean store has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import fulfillment, tickets
from app.flows import compare_goods
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.kernel.ids import new_id
from infra.warehouse.port import Parcel, WarehouseOrderState, WarehouseUnavailable
from tenants import Tenant
from tests.builders_selling import offer, paid_order
from tests.scripted_warehouse import Scripted, played_by

TONIGHT = date(2026, 11, 26)
FOUND = "SELECT kind, subject, amount FROM ticket WHERE status = 'open' AND starts_with(kind, 'goods.') ORDER BY kind"
IN_QUEUE = "SELECT count(*) FROM fulfillment_exception WHERE status = 'open' AND kind = 'reconciliation_difference'"
AGED = (
    "UPDATE orders SET updated_at = updated_at - interval '5 days'",
    "UPDATE fulfillment_order SET updated_at = updated_at - interval '1 day'",
    "UPDATE fulfillment SET shipped_at = shipped_at - interval '5 days', created_at = created_at - interval '5 days',"
    " updated_at = updated_at - interval '5 days'",
    "UPDATE warehouse_count SET counted_at = counted_at + interval '2 hours'",  # long after anything moved
)


@dataclass
class Telling(Scripted):
    """A warehouse whose answers about orders are set by the test."""

    states: dict[str, WarehouseOrderState | None] = field(default_factory=dict)
    silent: bool = False

    async def query_order(self, reference: str) -> WarehouseOrderState | None:
        if self.silent:
            raise WarehouseUnavailable("no answer")
        if reference in self.states:
            return self.states[reference]
        return await super().query_order(reference)


@pytest.fixture
def there() -> Iterator[Telling]:
    warehouse = Telling()
    with played_by(warehouse):
        yield warehouse


async def _change(statement: str, *values: Any) -> None:
    async with tenants.transaction():
        await tenants.connection().execute(statement, *values)


async def _age() -> None:
    async with tenants.transaction():
        for statement in AGED:
            await tenants.connection().execute(statement)


async def _accepted() -> fulfillment.WorkOrder:
    placed = await paid_order(await offer(stock=10), quantity=2)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    await push_fulfillment(work_order.id)
    return work_order


async def _parcel(work_order: fulfillment.WorkOrder, tracking: str, status: str = "shipped", **facts: str) -> UUID:
    parcel = new_id()
    await _change(
        "INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, tracking_number, status, shipped_at,"
        " created_at, updated_at, heard_at) VALUES ($1, $2, $3, $4, $4, $5, now(), now(), now(),"
        " CASE WHEN $6 THEN now() END)",
        parcel, work_order.id, work_order.order_id, tracking, status, "heard" in facts,
    )  # fmt: skip
    await _change(
        "INSERT INTO fulfillment_line (id, fulfillment, order_line, quantity)"
        " SELECT $1, $2, order_line, quantity FROM fulfillment_order_line WHERE fulfillment_order = $3",
        new_id(), parcel, work_order.id,
    )  # fmt: skip
    return parcel


async def _compare() -> list[tuple[str, str, int]]:
    await compare_goods.look_at_our_rows(TONIGHT)
    after = None
    while (after := await compare_goods.ask_warehouses(TONIGHT, after)) is not None:
        pass
    await compare_goods.close_the_night(TONIGHT)
    async with tenants.transaction():
        return [tuple(row) for row in await tenants.connection().fetch(FOUND)]


def _state(work_order: fulfillment.WorkOrder, status: str, *tracking: str) -> WarehouseOrderState:
    parcels = tuple(Parcel(number, "SF", "SF", datetime.now(UTC), ()) for number in tracking)
    return WarehouseOrderState(work_order.reference, "W", status, parcels)  # type: ignore[arg-type] # one of the states


async def _unplanned(there: Telling) -> str:
    placed = await paid_order(await offer(stock=10))
    await _change("DELETE FROM outbox WHERE kind = 'fulfillment.plan'")
    return str(placed.order_id)


async def _lost_there(there: Telling) -> str:
    work_order = await _accepted()
    there.orders.clear()
    return str(work_order.id)


async def _canceled_there(there: Telling) -> str:
    work_order = await _accepted()
    there.states[work_order.reference] = _state(work_order, "canceled")
    return str(work_order.id)


async def _sent_there(there: Telling) -> str:
    work_order = await _accepted()
    there.states[work_order.reference] = _state(work_order, "shipped", "SF1")
    return str(work_order.id)


async def _sent_here(there: Telling) -> str:
    work_order = await _accepted()
    await _parcel(work_order, "SF2", heard="yes")
    return str(work_order.id)


async def _without_number(there: Telling) -> str:
    work_order = await _accepted()
    parcel = await _parcel(work_order, "", heard="yes")
    there.states[work_order.reference] = _state(work_order, "shipped", "")
    return str(parcel)


async def _never_heard_of(there: Telling) -> str:
    work_order = await _accepted()
    there.states[work_order.reference] = _state(work_order, "shipped", "SF3")
    return str(await _parcel(work_order, "SF3"))


async def _delivered(there: Telling) -> str:
    work_order = await _accepted()
    there.states[work_order.reference] = _state(work_order, "shipped", "SF4")
    await _parcel(work_order, "SF4", "delivered", heard="yes")
    await _change("UPDATE orders SET fulfillment_status = 'fulfilled' WHERE id = $1", work_order.order_id)
    return str(work_order.order_id)


async def _closed_empty(there: Telling) -> str:
    work_order = await _accepted()
    await _change("UPDATE fulfillment_order SET status = 'closed'")
    return str(work_order.id)


async def _counted(units: int) -> str:
    """Ten lie there, two of them for an order the warehouse has."""
    await _accepted()
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO warehouse_count (id, warehouse, sku, available, counted_at, told_at)"
            " SELECT $1, level.warehouse, variant.sku, $2, now(), now() FROM stock_level AS level"
            " JOIN variant ON variant.id = level.variant",
            new_id(), units,
        )  # fmt: skip
        level: UUID = await tenants.connection().fetchval("SELECT id FROM stock_level")
    return str(level)


async def _counted_otherwise(there: Telling) -> str:
    return await _counted(5)


Plant = Callable[[Telling], Awaitable[str]]
PLANTED: dict[Plant, str] = {
    _unplanned: "goods.unplanned",
    _lost_there: "goods.unknown_there",
    _canceled_there: "goods.canceled_there",
    _sent_there: "goods.shipped_there",
    _sent_here: "goods.shipped_here",
    _without_number: "goods.no_tracking",
    _never_heard_of: "goods.unheard",
    _delivered: "goods.delivered_open",
    _closed_empty: "goods.closed_unsent",
    _counted_otherwise: "goods.stock",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__.strip("_"))
async def test_a_planted_difference_is_found_once(shop: Tenant, there: Telling, plant: Plant) -> None:
    subject = await plant(there)
    assert await _compare() == []  # too young to be one
    await _age()

    found = [await _compare() for _night in range(2)]

    assert [(kind, about) for kind, about, _amount in found[0]] == [(PLANTED[plant], subject)]
    assert found[0] == found[1]
    assert found[0][0][2] > 0
    async with tenants.transaction():
        assert await tenants.connection().fetchval(IN_QUEUE) == (0 if plant is _counted_otherwise else 1)


async def test_a_store_where_all_say_the_same_has_no_differences(shop: Tenant, there: Telling) -> None:
    await _counted(8)
    sent = await _accepted()
    await _parcel(sent, "SF9", "in_transit", heard="yes")
    there.states[sent.reference] = _state(sent, "shipped", "SF9")
    await _age()

    assert await _compare() == []


async def test_a_difference_that_is_gone_closes_by_itself(shop: Tenant, there: Telling) -> None:
    work_order = await _accepted()
    there.states[work_order.reference] = None
    await _age()
    assert len(await _compare()) == 1

    there.silent = True
    unanswered = await _compare()
    there.silent = False
    del there.states[work_order.reference]

    assert len(unanswered) == 1
    await _change("UPDATE warehouse_gate SET shut_until = NULL")
    assert await _compare() == []
    async with tenants.transaction():
        assert await tenants.connection().fetchval(IN_QUEUE) == 0
        nights = await fulfillment.last_checks()
    assert [(night.day, night.status, night.differences) for night in nights] == [(TONIGHT, "done", 0)]


async def test_differences_stay_in_their_store(shop: Tenant, other_shop: Tenant, there: Telling) -> None:
    await _lost_there(there)
    await _age()
    await _compare()

    with tenants.bind(other_shop):
        assert await _compare() == []
        async with tenants.transaction():
            assert (await tickets.ticket_page(of=tickets.GOODS)).items == []
