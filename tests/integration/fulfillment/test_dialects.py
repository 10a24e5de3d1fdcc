"""From paid to delivered by every dialect the rehearsal warehouse speaks, over real sockets, with our own workers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.pull_news import pull_shipments
from app.flows.push_fulfillment import prepare
from app.flows.take_notice import take_notice
from app.fulfillment import KINDS
from app.kernel.clock import now
from infra import wiring
from infra.warehouse.port import ShortLine, ShortNotice
from tenants import Tenant
from tests import invariants
from tests.builders_running import eventually, rehearsing
from tests.builders_selling import offer, paid_order


@pytest.mark.parametrize("kind", ["wangdiantong", "qimen"])
async def test_a_paid_order_reaches_the_shopper_by_every_dialect(shop: Tenant, tmp_path: Path, kind: str) -> None:
    settings = msgspec.json.encode(dict(KINDS[kind].practice)).decode()
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE warehouse SET adapter = $1, settings = $2, base_url = $3", kind, settings, wiring.practice_url(kind)
        )
    async with rehearsing(tmp_path) as rehearsal:
        await rehearsal.behave(split=True)
        placed = await paid_order(await offer(stock=10), quantity=3)

        async def completed() -> bool:
            async with tenants.transaction():
                (warehouse, *_) = await fulfillment.warehouses()
                work_orders = await fulfillment.work_orders_of(placed.order_id)
            if work_orders and not KINDS[kind].hears:
                await pull_shipments(warehouse.id)
            async with tenants.transaction():
                return (await orders.find(placed.order_id)).status == "completed"

        await eventually(completed)

        async with tenants.transaction():
            parcels = await fulfillment.parcels_of(placed.order_id)
            (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        count = await rehearsal.count(work_order.reference)
        assert count
        assert (len(parcels), work_order.status, count.shipped, count.parcels) == (2, "closed", 1, 2)
    await invariants.check(shop)


async def test_goods_named_without_a_line_are_missing_from_the_line_that_has_them(shop: Tenant) -> None:
    peaches, pears = await offer(stock=10), await offer(title="Pears", stock=10)
    placed = await paid_order(peaches, pears, pears)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        line = next(line for line in await orders.lines_of(placed.order_id) if line.variant == pears.variant)
    consignment = await prepare(work_order.id)
    assert consignment
    sku = next(one.sku for one in consignment.order.lines if one.line_id == str(line.id))

    lack = ShortNotice("n-1", work_order.reference, (ShortLine("", sku, 1),), "none left", now())
    await take_notice(lack, "")

    async with tenants.transaction():
        (short,) = await fulfillment.short_picks_of(work_order.id)
    assert (short.order_line, short.missing) == (line.id, 1)
    await invariants.check(shop)
