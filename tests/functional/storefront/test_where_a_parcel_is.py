"""The shopper follows a parcel on its own page: private, whole, and with what to do when it does not come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import tenants
from app import orders
from app.flows.deliver_parcel import deliver_parcel
from app.flows.late_parcels import look_for_late_parcels
from app.flows.plan_fulfillment import plan_fulfillment
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.carrier.port import Checkpoint, Proof, TrackingNotice
from infra.settings import settings
from tenants import Tenant
from tests.builders_parcels import parcel_of, ship, shipped_order
from tests.builders_selling import offer, paid_order


async def address_of(shop: Tenant, order_id: UUID, *, key: bool = True) -> str:
    async with tenants.transaction():
        order = await orders.find(order_id)
    parcel = await parcel_of(order_id)
    return f"{settings().origin(shop.slug)}/orders/{order.number}/parcels/{parcel.id}" + (
        f"?key={orders.access_key(order_id)}" if key else ""
    )


@pytest.fixture
def reader(visitor: Any) -> Any:
    visitor.headers["Accept-Language"] = "en"
    return visitor


def news(status: Any, at: datetime, **more: Any) -> TrackingNotice:
    point = Checkpoint(at, "Handed to the neighbor", status)
    return TrackingNotice(new_id().hex, "shunfeng", "SF1000000000001", status, at, (point,), **more)


async def test_the_page_says_where_it_is_what_is_in_it_and_when_it_should_come(reader: Any, shop: Tenant) -> None:
    order_id = await shipped_order(await offer(title="Peaches"))
    await deliver_parcel(news("in_transit", now(), expected_on=date(2031, 5, 4)), "{}")

    page = await reader.get(await address_of(shop, order_id))

    assert page.status_code == 200
    for words in ("On the way", "SF1000000000001", "Handed to the neighbor", "Peaches", "4 May 2031"):
        assert words in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_who_took_it_is_on_the_page_and_words_of_others_stay_words(reader: Any, shop: Tenant) -> None:
    order_id = await shipped_order()
    proof = Proof("<b>Neighbor</b>", "https://pictures.example/1.jpg")
    await deliver_parcel(news("delivered", datetime(2026, 11, 22, tzinfo=UTC), proof=proof), "{}")

    text = (await reader.get(await address_of(shop, order_id))).text

    assert "Signed for: &lt;b&gt;Neighbor&lt;/b&gt;" in text
    assert 'href="https://pictures.example/1.jpg"' in text


async def test_a_picture_from_elsewhere_is_not_shown(reader: Any, shop: Tenant) -> None:
    order_id = await shipped_order()
    await deliver_parcel(news("delivered", now(), proof=Proof("", "javascript:alert(1)")), "{}")

    assert "javascript:" not in (await reader.get(await address_of(shop, order_id))).text


async def test_a_late_parcel_says_what_can_be_done(reader: Any, shop: Tenant) -> None:
    order_id = await shipped_order(at=now() - timedelta(hours=100))
    quiet = (await reader.get(await address_of(shop, order_id))).text

    await look_for_late_parcels()

    text = (await reader.get(await address_of(shop, order_id))).text
    assert "What you can do" not in quiet
    assert "What you can do" in text
    assert "/aftersales/new" in text


async def test_all_parcels_of_the_order_are_named_with_what_is_in_each(reader: Any, shop: Tenant) -> None:
    placed = await paid_order(await offer(title="Peaches"), quantity=3)
    await plan_fulfillment(placed.order_id)
    await ship(placed.order_id, "SF1000000000001", quantity=1, complete=False)
    address = await address_of(shop, placed.order_id)
    await ship(placed.order_id, "SF1000000000002", quantity=2)

    text = (await reader.get(address)).text

    assert "Parcel 1 of 2" in text
    assert "Another parcel of this order" in text
    assert "× 1" in text
    assert "× 2" in text


async def test_without_the_key_and_in_another_order_nobody_sees_it(reader: Any, shop: Tenant) -> None:
    order_id = await shipped_order()
    another = await paid_order()
    closed = await reader.get(await address_of(shop, order_id, key=False))
    parcel = await parcel_of(order_id)

    moved = await reader.get(
        f"{settings().origin(shop.slug)}/orders/{another.number}/parcels/{parcel.id}"
        f"?key={orders.access_key(another.order_id)}"
    )

    assert (closed.status_code, moved.status_code) == (404, 404)
