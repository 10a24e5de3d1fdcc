"""A supplier sends goods to shoppers: what it agreed to, once, through the same parcels as a warehouse."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders
from app.flows import supplier_shelf
from app.flows.supplier_ships import NothingLeft, ship_goods, ship_table
from app.kernel.errors import InvalidInput, NotFound
from tenants import Tenant
from tests.builders_selling import SHIP_TO, offer
from tests.builders_supply import (
    accept,
    batch,
    comes_from,
    drop_shipped,
    handed_over,
    planned,
    shelves,
    shipped,
    supplier,
)
from tests.invariants import check


async def test_a_supplier_sees_what_it_agreed_to_send_and_to_whom(shop: Tenant) -> None:
    tea, kiln, other = await offer(title="Tea", stock=0), await supplier(), await supplier()
    await comes_from(kiln, tea, drop_ship=True)
    await handed_over(await planned(tea, quantity=2))
    assert await shelves(kiln) == []
    [purchase] = await batch()

    await accept(purchase)

    [shelf] = await shelves(kiln)
    assert (shelf.recipient, shelf.phone, shelf.pieces) == (SHIP_TO["recipient"], SHIP_TO["phone"], 2)
    assert [(line.title, line.supplier_sku, line.left_over) for line in shelf.lines] == [("Tea", "O-1", 2)]
    assert await shelves(other) == []
    with pytest.raises(NotFound):
        await ship_goods(other, shelf.id, carrier="SF", tracking_number="SF1234567890")


async def test_a_parcel_of_a_supplier_is_a_parcel_like_any_other(shop: Tenant) -> None:
    orchard, order_id, _purchase = await drop_shipped(quantity=3)
    [shelf] = await shelves(orchard)

    await ship_goods(
        orchard, shelf.id, carrier="", tracking_number="sf 1234567890123", units={shelf.lines[0].line_id: 1}
    )
    await ship_goods(orchard, shelf.id, carrier="", tracking_number="SF1234567890123")
    assert [one.pieces for one in await shelves(orchard)] == [2]
    await ship_goods(orchard, shelf.id, carrier="ZTO", tracking_number="73100000000001")

    async with tenants.transaction():
        parcels = await fulfillment.parcels_of(order_id)
        order = await orders.find(order_id)
    assert sorted((one.carrier, one.tracking_number) for one in parcels) == [
        ("shunfeng", "SF1234567890123"), ("zhongtong", "73100000000001"),
    ]  # fmt: skip
    assert order.fulfillment_status == "fulfilled"
    with pytest.raises(NothingLeft):
        await ship_goods(orchard, shelf.id, carrier="SF", tracking_number="SF9999999999999")
    await check(shop)


async def test_two_numbers_at_once_do_not_send_it_twice(shop: Tenant) -> None:
    orchard, order_id, _purchase = await drop_shipped(quantity=2)
    [shelf] = await shelves(orchard)

    outcomes = await asyncio.gather(
        *(ship_goods(orchard, shelf.id, carrier="SF", tracking_number=f"SF100000000000{n}") for n in range(3)),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NothingLeft", "NothingLeft"]
    async with tenants.transaction():
        assert len(await fulfillment.parcels_of(order_id)) == 1
    await check(shop)


async def test_good_rows_of_a_table_are_sent_and_bad_ones_come_back(shop: Tenant) -> None:
    orchard, _order, _purchase = await drop_shipped()
    [shelf] = await shelves(orchard)
    table = (
        f"发货单号,快递公司,快递单号\n{shelf.reference},SF,SF1234567890123\nT-none,SF,SF1\n{shelf.reference},SF,SF2\n"
    )

    taken, bad = await ship_table(orchard, table.encode())

    assert (taken, [(row.row, row.column) for row in bad]) == (1, [(3, "order"), (4, "order")])
    assert await shelves(orchard) == []
    with pytest.raises(InvalidInput):
        await ship_table(orchard, b"a,b\n1,2\n")


async def test_a_receiver_is_forgotten_thirty_days_after_delivery(shop: Tenant) -> None:
    orchard, order_id, _purchase = await drop_shipped()
    await shipped(orchard)
    assert await _receiver(orchard) == (SHIP_TO["recipient"], SHIP_TO["phone"])

    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment SET status = 'delivered', delivered_at = now() - interval '31 days'"
            " WHERE order_id = $1",
            order_id,
        )

    assert await _receiver(orchard) == ("L**", "")


async def _receiver(orchard: UUID) -> tuple[str, str]:
    async with tenants.transaction():
        [shelf] = await supplier_shelf.sent(orchard)
    return shelf.recipient, shelf.phone
