"""Counting a warehouse: differences belong to the moment of counting, and nothing counts twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

import tenants
from app import inventory
from app.flows import change_stock, count_stock
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _here() -> UUID:
    async with tenants.transaction():
        warehouse: UUID = await tenants.connection().fetchval("SELECT id FROM warehouse WHERE is_default")
    return warehouse


async def _open() -> UUID:
    return await count_stock.open_take(await _here(), [], title="November", blind=False, by="Ming")


async def _on_hand(made: selling.Offer) -> int:
    return (await selling.stock_of(made))["on_hand"]


async def test_what_leaves_after_counting_is_not_counted_twice(shop: Tenant) -> None:
    peaches, plums = await selling.offer(stock=10), await selling.offer(stock=10)
    take = await _open()
    await count_stock.set_counts(take, {peaches.variant: 8, plums.variant: 10}, at=now(), by="Ming")
    await change_stock.adjust(peaches.variant, await _here(), -3, reason="sample", words="", actor="Ya")

    assert await count_stock.apply_take(take, by="Ming") == (2, 0)

    assert (await _on_hand(peaches), await _on_hand(plums)) == (5, 10)
    for again in (count_stock.apply_take(take, by="Ming"), count_stock.abandon_take(take, by="Ming")):
        with pytest.raises(inventory.TakeClosed):
            await again
    await check(shop)


async def test_a_sheet_counted_earlier_is_compared_with_what_lay_there_then(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    await change_stock.adjust(peaches.variant, await _here(), -4, reason="sample", words="", actor="Ya")
    async with tenants.transaction():
        before = await tenants.connection().fetchval("SELECT at FROM stock_move WHERE kind = 'adjust'")
    take = await _open()

    await count_stock.set_counts(take, {peaches.variant: 9}, at=before - timedelta(microseconds=1), by="Ming")
    await count_stock.apply_take(take, by="Ming")

    assert await _on_hand(peaches) == 5
    await check(shop)


async def test_counts_below_what_orders_hold_wait_and_the_others_are_taken_over(shop: Tenant) -> None:
    peaches, plums = await selling.offer(stock=10), await selling.offer(stock=10)
    await selling.order(peaches, quantity=6)
    take = await _open()
    await count_stock.set_counts(take, {peaches.variant: 5, plums.variant: 12}, at=now(), by="Ming")

    assert await count_stock.apply_take(take, by="Ming") == (1, 1)
    assert (await _on_hand(peaches), await _on_hand(plums)) == (10, 12)
    await count_stock.set_counts(take, {peaches.variant: 7, plums.variant: 1}, at=now(), by="Ming")
    assert await count_stock.apply_take(take, by="Ming") == (1, 0)

    assert (await _on_hand(peaches), await _on_hand(plums)) == (7, 12)
    await check(shop)


async def test_good_rows_of_a_sheet_are_taken_and_bad_ones_named(shop: Tenant) -> None:
    peaches, plums = await selling.offer(stock=10), await selling.offer(stock=10)
    sku = f"SKU-{peaches.variant.hex[-6:]}"
    take = await count_stock.open_take(await _here(), [sku], title="", blind=True, by="Ming")
    sheet = f"sku,counted\n{sku},7\nNOPE,1\nSKU-{plums.variant.hex[-6:]},3\n{sku},seven\n"

    taken, bad = await count_stock.read_counts(take, sheet.encode(), at=now(), by="Ming")

    assert (taken, [(one.row, one.column) for one in bad]) == (1, [(3, "sku"), (4, "sku"), (5, "counted")])
    with pytest.raises(InvalidInput):
        await count_stock.read_counts(take, b"name\nx\n", at=now(), by="Ming")
    with pytest.raises(InvalidInput):
        await count_stock.open_take(await _here(), ["NOPE"], title="", blind=False, by="Ming")


async def test_a_take_of_another_store_is_unknown(shop: Tenant, other_shop: Tenant) -> None:
    await selling.offer(stock=10)
    take = await _open()

    with tenants.bind(other_shop), pytest.raises(NotFound):
        await count_stock.apply_take(take, by="Eve")


async def test_a_take_nobody_counted_changes_nothing(shop: Tenant) -> None:
    await selling.offer(stock=10)
    take = await _open()

    with pytest.raises(inventory.NothingCounted):
        await count_stock.apply_take(take, by="Ming")
