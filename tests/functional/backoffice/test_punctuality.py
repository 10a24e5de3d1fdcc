"""How punctual warehouses and carriers are, drawn day by day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import tenants
from app.kernel.clock import now
from tenants import Tenant
from tests.builders_backoffice import admin, sign_in, staff_of
from tests.builders_parcels import shipped_order
from tests.builders_selling import offer, warehouse


async def _arrived(number: str, *, left: timedelta, took: timedelta, carrier: str = "顺丰速运") -> None:
    """A parcel that left so long ago and needed so long."""
    await shipped_order(await offer(), number=number, at=now() - left)
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment SET status = 'delivered', delivered_at = shipped_at + $2::interval, carrier_name = $3"
            " WHERE tracking_number = $1",
            number, took, carrier,
        )  # fmt: skip


async def test_each_carrier_has_its_days(visitor: Any, shop: Tenant) -> None:
    days = timedelta(days=1)
    await _arrived("SF1", left=8 * days, took=2 * days)
    await _arrived("SF2", left=8 * days, took=7 * days)
    await _arrived("ZTO1", left=4 * days, took=days, carrier="中通快递")
    await shipped_order(await offer(), number="SF3", at=now() - timedelta(hours=1))
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))

    page = (await visitor.get(admin("/fulfillment/carriers"))).text

    bars = [part.partition("</title>")[0] for part in page.split('<g class="bar"><title>')[1:]]
    told = [bar.partition(" · ")[2] for bar in bars if any(f" {count}" in bar.partition(" · ")[2] for count in "12")]
    late_and_not = "Arrived late 1 · Arrived in time 1 · On the way"
    one_in_time, one_under_way = "Arrived late · Arrived in time 1 · On the way", "On the way 1"
    assert [" ".join(words.replace(" 0", "").split()) for words in told] == [
        late_and_not, one_in_time, f"Arrived late · Arrived in time · {one_under_way}",  # all of them
        late_and_not, f"Arrived late · Arrived in time · {one_under_way}",  # the busiest carrier
        one_in_time,
    ]  # fmt: skip


async def test_one_warehouse_alone_is_drawn_once_and_two_are_drawn_each(visitor: Any, shop: Tenant) -> None:
    await shipped_order(await offer(), number="SF1")
    visitor.headers["Accept-Language"] = "en"
    await sign_in(visitor, await staff_of(shop, "picker"))
    page = admin("/fulfillment/punctuality")

    alone = (await visitor.get(page)).text
    await shipped_order(await offer(), number="SF2")
    other = await warehouse("North")
    async with tenants.transaction():
        await tenants.connection().execute(
            "UPDATE fulfillment_order SET warehouse = $1 WHERE id = (SELECT fulfillment_order FROM fulfillment"
            " WHERE tracking_number = 'SF2')",
            other,
        )
    both = (await visitor.get(page)).text

    assert "Orders of the last 30 days" in alone
    assert alone.count('<svg class="chart"') == 1
    assert both.count('<svg class="chart"') == 3
    assert "Orders of North by the day they left or were due" in both
