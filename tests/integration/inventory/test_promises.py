"""Stock is promised once, to whoever came first, and comes back when nobody pays."""

from __future__ import annotations

import asyncio
from uuid import UUID

import tenants
from app import inventory, orders
from app.flows.expire_reservation import expire_reservation
from app.flows.place_order import place_order
from app.kernel.ids import new_id
from tenants import Tenant
from tests import builders_selling as selling
from tests.invariants import check


async def _buyers(count: int, offer: selling.Offer) -> list[str]:
    """Carts are filled first, then everybody presses the button at once."""
    carts = [await selling.fill_cart(offer) for _buyer in range(count)]
    outcomes = await asyncio.gather(
        *(place_order(cart, visitor, selling.checkout()) for visitor, cart in carts), return_exceptions=True
    )
    return sorted(type(outcome).__name__ for outcome in outcomes)


async def test_the_last_unit_goes_to_one_of_two_buyers(shop: Tenant) -> None:
    scarce = await selling.offer(stock=1)

    assert await _buyers(2, scarce) == ["NotEnoughStock", "Placed"]
    await check(shop)


async def test_two_hundred_buyers_get_exactly_the_twenty_units_there_are(shop: Tenant) -> None:
    scarce = await selling.offer(stock=20)

    outcomes = await _buyers(200, scarce)

    assert (outcomes.count("Placed"), outcomes.count("NotEnoughStock")) == (20, 180)
    assert await selling.stock_of(scarce) == {"on_hand": 20, "reserved": 20, "allocated": 0}
    await check(shop)


async def test_who_is_overtaken_at_one_warehouse_gets_a_unit_of_another(shop: Tenant) -> None:
    scarce = await selling.offer(stock=10)
    async with tenants.transaction():
        await tenants.connection().execute(
            "INSERT INTO warehouse (id, name, adapter, base_url, app_key, secret_sealed, created_at)"
            " SELECT $1, 'Second', adapter, base_url, app_key, secret_sealed, created_at FROM warehouse LIMIT 1",
            second := new_id(),
        )
        await tenants.connection().execute(
            "INSERT INTO stock_level (id, variant, warehouse, on_hand, updated_at) VALUES ($1, $2, $3, 10, now())",
            new_id(), scarce.variant, second,
        )  # fmt: skip
        await selling.open_journal()

    outcomes = await _buyers(24, scarce)

    assert (outcomes.count("Placed"), outcomes.count("NotEnoughStock")) == (20, 4)
    await check(shop)


async def test_crossed_carts_never_wait_for_each_other_in_a_circle(shop: Tenant) -> None:
    one, two = await selling.offer(stock=100), await selling.offer(stock=100)
    carts = [await selling.fill_cart(*((one, two) if turn % 2 else (two, one))) for turn in range(30)]

    placed = await asyncio.gather(*(place_order(cart, visitor, selling.checkout()) for visitor, cart in carts))

    assert len({order.number for order in placed}) == 30
    await check(shop)


async def test_stock_that_may_be_oversold_is_never_refused(shop: Tenant) -> None:
    endless = await selling.offer(stock=0, oversell=True)

    assert await _buyers(3, endless) == ["Placed"] * 3
    await check(shop)


async def test_time_to_pay_runs_out_and_somebody_else_gets_the_unit(shop: Tenant) -> None:
    scarce = await selling.offer(stock=1)
    first = await selling.order(scarce)
    await selling.run_out_of_time(first.order_id)

    await asyncio.gather(*(expire_reservation(first.order_id, None) for _copy in range(3)))
    second = await selling.order(scarce)

    async with tenants.transaction():
        given_up, taken = await orders.find(first.order_id), await orders.find(second.order_id)
    assert (given_up.status, given_up.payment_status, taken.status) == ("expired", "voided", "placed")
    await check(shop)


async def test_an_order_with_time_left_does_not_expire(shop: Tenant) -> None:
    placed = await selling.order()

    await expire_reservation(placed.order_id, None)

    async with tenants.transaction():
        assert (await orders.find(placed.order_id)).awaits_payment


async def _line_and_warehouse(order_id: UUID) -> tuple[UUID, UUID]:
    row = await tenants.connection().fetchrow(
        "SELECT order_line, warehouse FROM reservation WHERE order_id = $1", order_id
    )
    assert row is not None
    return row["order_line"], row["warehouse"]


async def test_units_leave_once_however_often_the_warehouse_says_so(shop: Tenant) -> None:
    peaches = await selling.offer(stock=10)
    placed = await selling.paid_order(peaches, quantity=5)

    async with tenants.transaction():
        line, warehouse = await _line_and_warehouse(placed.order_id)
        new = [await inventory.ship({line: total}, warehouse) for total in (2, 2, 5, 1, 5)]

    assert new == [2, 0, 3, 0, 0]
    assert await selling.stock_of(peaches) == {"on_hand": 5, "reserved": 0, "allocated": 0}
    await check(shop)


async def test_another_shop_has_its_own_stock(shop: Tenant, other_shop: Tenant) -> None:
    peaches = await selling.offer(stock=7)

    with tenants.bind(other_shop):
        async with tenants.transaction():
            assert await inventory.figures_of([peaches.variant]) == {}


async def test_orders_counts_and_parcels_never_wait_for_each_other_in_a_circle(shop: Tenant) -> None:
    """Whoever touches several levels does so in the order of the variants."""
    goods = [await selling.offer(title=f"Goods {place}", stock=500) for place in range(4)]

    async def order(which: list[selling.Offer]) -> None:
        await selling.order(*which)

    async def count(which: list[selling.Offer]) -> None:
        async with tenants.transaction():
            warehouse = await tenants.connection().fetchval("SELECT id FROM warehouse WHERE is_default")
            await inventory.take_counts([inventory.Count(each.variant, 400) for each in which], warehouse)

    await asyncio.gather(
        *(act(which) for _round in range(6) for which in (goods, goods[::-1]) for act in (order, count))
    )

    await check(shop)
