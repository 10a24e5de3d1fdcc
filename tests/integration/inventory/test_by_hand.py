"""Stock changed by people: corrected, taken back, kept back, expected, received, moved to another warehouse."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

import tenants
from app import catalog, inventory
from app.flows import change_stock
from app.flows.save_product import save_product
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.builders_backoffice import make_product
from tests.invariants import check


async def _places() -> tuple[UUID, UUID]:
    """The warehouse the store was born with, and a second one."""
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, created_at)"
            " SELECT $1, 'Second', adapter, base_url, app_key, secret_sealed, created_at FROM warehouse LIMIT 1",
            second := new_id(),
        )
        first = await tenants.connection().fetchval("SELECT id FROM warehouse WHERE is_default")
    return first, second


async def _level(variant: UUID, warehouse: UUID) -> dict[str, Any]:
    async with tenants.transaction():
        row = await tenants.connection().fetchrow(
            "SELECT on_hand, incoming, safety FROM stock_level WHERE variant = $1 AND warehouse = $2",
            variant, warehouse,
        )  # fmt: skip
    return dict(row or {})


async def _last_move(variant: UUID) -> UUID:
    async with tenants.transaction():
        move: UUID = await tenants.connection().fetchval(
            "SELECT id FROM stock_move WHERE variant = $1 ORDER BY at DESC, id DESC LIMIT 1", variant
        )
    return move


async def test_a_correction_is_undone_once_by_a_counter_entry(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    here, _second = await _places()
    await change_stock.adjust(peaches.variant, here, -4, reason="damaged", words="Wet box", actor="Ming")
    entry = await _last_move(peaches.variant)

    await change_stock.undo(entry, actor="Ya")

    for again in (entry, await _last_move(peaches.variant)):
        with pytest.raises(inventory.CannotBeUndone):
            await change_stock.undo(again, actor="Ya")
    assert (await _level(peaches.variant, here))["on_hand"] == 10
    await check(shop)


async def test_what_a_parcel_took_cannot_be_undone_by_hand(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)

    with pytest.raises(inventory.CannotBeUndone):
        await change_stock.undo(await _last_move(peaches.variant), actor="Ya")


async def test_units_orders_hold_cannot_be_taken_off_the_shelf(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    here, there = await _places()
    await selling.order(peaches, quantity=7)

    with pytest.raises(inventory.PromisedUnits):
        await change_stock.adjust(peaches.variant, here, -4, reason="lost", words="", actor="Ming")
    with pytest.raises(inventory.PromisedUnits):
        await change_stock.transfer(peaches.variant, here, there, 4, at_once=True, due_on=None, words="", actor="Ming")

    assert (await _level(peaches.variant, here))["on_hand"] == 10
    await check(shop)


async def test_a_delivery_comes_in_parts(shop: Tenant) -> None:
    peaches = await selling.offer(stock=1)
    here, _second = await _places()
    await change_stock.expect(peaches.variant, here, 20, due_on=None, words="PO 7", actor="Ming")
    async with tenants.transaction():
        [coming] = await inventory.arrivals_of(peaches.variant)
    assert await _level(peaches.variant, here) == {"on_hand": 1, "incoming": 20, "safety": 0}

    await change_stock.receive(coming.id, 12, last=False, actor="Ming")
    assert await _level(peaches.variant, here) == {"on_hand": 13, "incoming": 8, "safety": 0}
    done = await change_stock.receive(coming.id, 10, last=False, actor="Ming")

    assert (done.status, done.received) == ("done", 22)
    assert await _level(peaches.variant, here) == {"on_hand": 23, "incoming": 0, "safety": 0}
    with pytest.raises(inventory.AlreadyClosed):
        await change_stock.call_off(coming.id, actor="Ming")
    await check(shop)


@pytest.mark.parametrize("end", ["received", "called off", "short"])
async def test_a_transfer_is_on_its_way_until_it_is_there(shop: Tenant, end: str) -> None:
    peaches = await selling.offer(stock=10)
    here, there = await _places()
    await change_stock.transfer(peaches.variant, here, there, 6, at_once=False, due_on=None, words="", actor="Ming")
    async with tenants.transaction():
        [coming] = await inventory.arrivals_of(peaches.variant)
    assert (await _level(peaches.variant, here))["on_hand"] == 4
    assert (await _level(peaches.variant, there))["incoming"] == 6

    if end == "called off":
        await change_stock.call_off(coming.id, actor="Ming")
    else:
        await change_stock.receive(coming.id, 6 if end == "received" else 5, last=True, actor="Ming")

    left, moved = {"received": (4, 6), "called off": (10, 0), "short": (5, 5)}[end]
    assert (await _level(peaches.variant, here))["on_hand"] == left
    assert await _level(peaches.variant, there) == {"on_hand": moved, "incoming": 0, "safety": 0}
    await check(shop)


async def test_shelves_without_a_line_of_their_own_follow_the_store(shop: Tenant) -> None:
    peaches, plums = await selling.offer(stock=10), await selling.offer(stock=10)
    here, there = await _places()
    await change_stock.change_terms(plums.variant, here, safety=1, low_at=None)

    await change_stock.change_rule(inventory.StockRule(low_at=9, safety=3))
    await change_stock.adjust(peaches.variant, there, 2, reason="found", words="", actor="Ming")

    shelves = ((peaches.variant, here), (plums.variant, here), (peaches.variant, there))
    assert [(await _level(*shelf))["safety"] for shelf in shelves] == [3, 1, 3]


async def test_a_product_form_leaves_other_warehouses_alone(shop: Tenant) -> None:
    product = await make_product("Peach", stock=10)
    here, there = await _places()
    async with tenants.transaction():
        variant = await tenants.connection().fetchval("SELECT id FROM variant WHERE product = $1", product)
    await change_stock.adjust(variant, there, 5, reason="found", words="", actor="Ming")
    edit = catalog.VariantEdit(id=variant, option_values=(), sku="P", price_amount=100, on_hand=18)
    await save_product(catalog.ProductEdit(title="Peach", variants=(edit,)), product)

    assert [(await _level(variant, place))["on_hand"] for place in (here, there)] == [13, 5]
    await check(shop)


async def test_stock_of_another_store_cannot_be_touched(shop: Tenant, other_shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    here, there = await _places()
    await change_stock.expect(peaches.variant, here, 2, due_on=None, words="", actor="Ming")
    async with tenants.transaction():
        [coming] = await inventory.arrivals_of(peaches.variant)

    with tenants.bind(other_shop):
        for act in (
            change_stock.adjust(peaches.variant, here, 1, reason="found", words="", actor="Eve"),
            change_stock.receive(coming.id, 1, last=False, actor="Eve"),
            change_stock.undo(await _last_move_of(shop, peaches.variant), actor="Eve"),
        ):
            with pytest.raises(NotFound):
                await act
    with pytest.raises(InvalidInput):
        await change_stock.transfer(peaches.variant, there, there, 1, at_once=True, due_on=None, words="", actor="M")


async def _last_move_of(store: Tenant, variant: UUID) -> UUID:
    with tenants.bind(store):
        return await _last_move(variant)
