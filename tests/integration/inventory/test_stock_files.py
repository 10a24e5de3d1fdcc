"""A table of stock is looked at before it changes anything; what would break a promise stays out."""

from __future__ import annotations

import tenants
from app.flows import read_stock_file
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


def _sku(made: selling.Offer) -> str:
    return f"SKU-{made.variant.hex[-6:]}"


async def test_a_table_is_looked_at_and_then_taken_in(shop: Tenant) -> None:
    peaches, plums, pears = [await selling.offer(stock=10) for _goods in range(3)]
    await selling.order(plums, quantity=4)
    rows = (
        f"sku,on_hand,available,safety\n{_sku(peaches)},25,,2\n{_sku(plums)},3,,\n{_sku(pears)},,7,1\n"
        "NOPE,1,,\n"
        f"{_sku(peaches)},1,,\n"
    ).encode()

    seen = await read_stock_file.preview(rows)
    untouched = await selling.stock_of(peaches)
    done = await read_stock_file.take_in(rows, by="Ming")

    assert untouched["on_hand"] == 10
    assert [(one.after, one.held) for one in seen.changes] == [(25, False), (3, True), (8, False)]
    assert [(one.row, one.column) for one in done.bad] == [(5, "sku"), (6, "sku")]
    assert [(await selling.stock_of(each))["on_hand"] for each in (peaches, plums, pears)] == [25, 10, 8]
    await check(shop)


async def test_a_store_with_several_warehouses_names_the_shelf(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    await selling.warehouse("South")
    rows = f"sku,warehouse,on_hand\n{_sku(peaches)},South,6\n{_sku(peaches)},,9\n{_sku(peaches)},Moon,9\n".encode()

    done = await read_stock_file.take_in(rows, by="Ming")

    assert [(one.row, one.column) for one in done.bad] == [(3, "warehouse"), (4, "warehouse")]
    async with tenants.transaction():
        held = await tenants.connection().fetch(
            "SELECT on_hand FROM stock_level WHERE variant = $1 ORDER BY on_hand", peaches.variant
        )
    assert [row["on_hand"] for row in held] == [6, 10]
    await check(shop)
