"""A warehouse that calls goods by numbers of its own is spoken to, and understood, by them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

import tenants
from app import fulfillment, orders
from app.flows import map_skus, take_count
from app.flows.decide_aftersale import approve_aftersale
from app.flows.merchant_acts import Actor
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from app.flows.take_notice import take_notice
from app.fulfillment import SkuTaken, WorkOrder, trouble
from app.kernel.clock import now
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.ids import new_id
from infra.warehouse.port import (
    Notice,
    Parcel,
    ParcelLine,
    ReturnedLine,
    ReturnNotice,
    ShipmentNotice,
    ShortLine,
    ShortNotice,
    StockNotice,
    WarehouseRejected,
)
from tenants import Tenant
from tests import builders_aftersales as build
from tests import builders_selling as selling
from tests import invariants
from tests.faults import jobs
from tests.scripted_warehouse import Scripted, played_by

LIN = Actor(new_id(), "Lin")
ELSEWHERE = ("payments.", "aftersales.", "messaging.", "fulfillment.register_warehouse", "fulfillment.plan")


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    warehouse = Scripted()
    with played_by(warehouse):
        yield warehouse


async def _sku_of(made: selling.Offer) -> str:
    async with tenants.transaction():
        return str(await tenants.connection().fetchval("SELECT sku FROM variant WHERE id = $1", made.variant))


async def _home() -> fulfillment.WarehouseFacts:
    async with tenants.transaction():
        return (await fulfillment.warehouses())[0]


async def _map(made: selling.Offer, theirs: str) -> None:
    await map_skus.map_sku((await _home()).id, await _sku_of(made), theirs, by=LIN)


async def _planned(*offers: selling.Offer, quantity: int = 1) -> tuple[UUID, WorkOrder]:
    placed = await selling.paid_order(*offers, quantity=quantity)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
    return placed.order_id, work_order


async def _status(work_order: WorkOrder) -> str:
    async with tenants.transaction():
        return (await fulfillment.find(work_order.id)).status


async def _hear(notice: Notice) -> None:
    await take_notice(notice, "{}", await _home())


async def test_goods_are_pushed_by_the_number_the_warehouse_knows(shop: Tenant, scripted: Scripted) -> None:
    peaches, honey = await selling.offer(title="Peaches"), await selling.offer(title="Honey")
    await _map(peaches, "W-PEACH")
    _order, work_order = await _planned(peaches, honey)

    await push_fulfillment(work_order.id)

    said = {line.name: line.sku for line in scripted.orders[work_order.reference].lines}
    assert [sku for name, sku in said.items() if "Peaches" in name] == ["W-PEACH"]
    assert [sku for name, sku in said.items() if "Honey" in name] == [await _sku_of(honey)]


async def test_a_parcel_told_by_number_holds_our_lines(shop: Tenant) -> None:
    peaches = await selling.offer(stock=5)
    await _map(peaches, "W-PEACH")
    order_id, work_order = await _planned(peaches, quantity=3)
    for number, units in (("SF1", 2), ("SF2", 1)):
        parcel = Parcel(number, "SF", "SF", now(), (ParcelLine("", "W-PEACH", units),))
        await _hear(ShipmentNotice(number, work_order.reference, parcel, complete=False))

    async with tenants.transaction():
        assert (await orders.find(order_id)).fulfillment_status == "fulfilled"
    assert await _status(work_order) == "closed"
    await invariants.check(shop)


async def test_missing_goods_are_understood_by_their_number_and_by_ours(shop: Tenant) -> None:
    """What was sent before the mapping was made went by our number."""
    peaches = await selling.offer(stock=5)
    sku = await _sku_of(peaches)
    await _map(peaches, "W-PEACH")
    _order, work_order = await _planned(peaches, quantity=3)

    await _hear(ShortNotice("n1", work_order.reference, (ShortLine("", "W-PEACH", 1),), "", now()))
    await _hear(ShortNotice("n2", work_order.reference, (ShortLine("", sku, 2),), "", now()))

    async with tenants.transaction():
        assert [short.missing for short in await fulfillment.short_picks_of(work_order.id)] == [2]


async def test_counts_are_kept_by_our_numbers(shop: Tenant) -> None:
    """Goods of theirs that happen to have our old number are somebody else's."""
    peaches = await selling.offer()
    sku, home = await _sku_of(peaches), await _home()
    await _map(peaches, "W-PEACH")
    told = [StockNotice(number, number, "", units, now()) for number, units in (("W-PEACH", 7), (sku, 99), ("X", 3))]

    async with tenants.transaction():
        await take_count.take_all(told, home)
        counts = await fulfillment.counts_of(home.id)

    assert {number: one.available for number, one in counts.items()} == {sku: 7, "X": 3}


async def test_returns_are_announced_and_looked_at_by_their_number(shop: Tenant, scripted: Scripted) -> None:
    peaches = await selling.offer(stock=10)
    await _map(peaches, "W-PEACH")
    request = await build.ask(await build.delivered_order(peaches, quantity=2), quantity=2)
    await approve_aftersale(request, actor="owner", address=build.ADDRESS)
    await jobs.work(*ELSEWHERE)
    case = await build.case(request)

    await _hear(ReturnNotice("back", case.number, (ReturnedLine("", "W-PEACH", 2, 0),), datetime.now(UTC)))

    assert [line.sku for line in scripted.returns[case.number].lines] == ["W-PEACH"]
    assert (await build.case(request)).inspected_at is not None
    async with tenants.transaction():
        assert await fulfillment.exceptions_of(case.order_id) == []


async def test_a_refused_number_is_mapped_and_the_order_sent_again(shop: Tenant, scripted: Scripted) -> None:
    peaches = await selling.offer()
    sku, home = await _sku_of(peaches), await _home()
    scripted.plan = [("before", WarehouseRejected("unknown_sku", f"no goods {sku}"))]
    order_id, work_order = await _planned(peaches)
    await push_fulfillment(work_order.id)
    async with tenants.transaction():
        (exception,) = await fulfillment.exceptions_of(order_id)

    proposed = await map_skus.proposal(home.id, exception.id)
    await _map(peaches, "W-PEACH")
    sent = [await map_skus.send_again(home.id, exception.id, by="Lin") for _press in range(2)]
    await push_fulfillment(work_order.id)

    assert exception.kind == trouble.WRONG_SKU
    assert (proposed.reference, proposed.our_sku, proposed.their_sku) == (work_order.reference, sku, "")
    assert sent == [True, False]
    assert await _status(work_order) == "accepted"
    assert [line.sku for line in scripted.orders[work_order.reference].lines] == ["W-PEACH"]
    async with tenants.transaction():
        assert await fulfillment.exceptions_of(order_id) == []


async def test_what_lay_there_under_another_number_is_asked_for_by_it(shop: Tenant, scripted: Scripted) -> None:
    peaches = await selling.offer(stock=5)
    home = await _home()
    order_id, work_order = await _planned(peaches, quantity=3)
    await push_fulfillment(work_order.id)
    async with tenants.transaction():
        (line,) = await orders.lines_of(order_id)
    lines = (ShortLine(str(line.id), line.sku, 3, found_sku="W-PEACH"),)
    await _hear(ShortNotice("n1", work_order.reference, lines, "", now()))
    async with tenants.transaction():
        (exception,) = await fulfillment.exceptions_of(order_id)

    proposed = await map_skus.proposal(home.id, exception.id)
    early = await map_skus.send_again(home.id, exception.id, by="Lin")
    await _map(peaches, proposed.their_sku)
    sent = [await map_skus.send_again(home.id, exception.id, by="Lin") for _press in range(2)]
    async with tenants.transaction():
        first, second = await fulfillment.work_orders_of(order_id)
    await push_fulfillment(second.id)
    parcel = Parcel("SF1", "SF", "SF", now(), (ParcelLine("", "W-PEACH", 3),))
    await _hear(ShipmentNotice("SF1", second.reference, parcel, complete=True))

    assert (proposed.our_sku, proposed.their_sku) == (line.sku, "W-PEACH")
    assert (early, sent) == (False, [True, False])
    assert [(one.sku, one.quantity) for one in scripted.orders[second.reference].lines] == [("W-PEACH", 3)]
    assert first.status == "canceled"
    async with tenants.transaction():
        assert await fulfillment.exceptions_of(order_id) == []
        assert (await orders.find(order_id)).fulfillment_status == "fulfilled"
    await invariants.check(shop)


async def test_one_number_names_one_kind_of_goods(shop: Tenant) -> None:
    peaches, honey = await selling.offer(title="Peaches"), await selling.offer(title="Honey")
    await _map(peaches, "W-1")

    with pytest.raises(InvalidInput):
        await _map(honey, "W-1")
    async with tenants.transaction():
        row, home = fulfillment.AliasRow(honey.variant, "honey", "W-1"), (await fulfillment.warehouses())[0].id
        with pytest.raises(SkuTaken):
            await fulfillment.put_aliases(home, [row], by="Lin")
    await _map(peaches, "W-2")

    async with tenants.transaction():
        page = await fulfillment.sku_aliases((await fulfillment.warehouses())[0].id)
    assert [one.their_sku for one in page.items] == ["W-2"]


async def test_another_store_knows_no_number_of_ours(shop: Tenant, other_shop: Tenant) -> None:
    peaches = await selling.offer()
    home = await _home()
    await _map(peaches, "W-1")

    with tenants.bind(other_shop):
        with pytest.raises(NotFound):
            await map_skus.map_sku(home.id, "x", "W-9", by=LIN)
        async with tenants.transaction():
            assert (await fulfillment.sku_aliases(home.id)).items == []
