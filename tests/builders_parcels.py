"""Parcels that left, and accounts at tracking services, for tests."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows.connect_tracking import connect_tracking
from app.flows.merchant_acts import Actor
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.take_notice import take_notice
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.carrier.simulator.bureau import API_KEY, BUSINESS, CUSTOMER, KEY
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice
from tests.builders_selling import Offer, paid_order

MERCHANT = Actor(UUID(int=7), "Mei")
TYPED = {
    "kuaidi100": {"customer": CUSTOMER, "key": KEY},
    "kdniao": {"business_id": BUSINESS, "api_key": API_KEY, "plan": "free"},
    "generic": {"base_url": "https://carrier.example/api", "secret": "simulated-secret"},
}


async def followed_by(provider: str = "kuaidi100", base_url: str = "") -> UUID:
    """A connected account; its warehouse tells of no parcels by itself any more."""
    account = await connect_tracking(provider, "Our parcels", TYPED[provider], actor=MERCHANT)
    async with tenants.transaction():
        await tenants.connection().execute("UPDATE warehouse SET carrier_salt_sealed = ''")
        if base_url:
            await tenants.connection().execute(
                "UPDATE tracking_account SET base_url = $2 WHERE id = $1", account, base_url
            )
    return account


async def ship(
    order_id: UUID, number: str = "SF1000000000001", *, quantity: int | None = None, at: datetime | None = None,
    complete: bool = True, carrier: str = "shunfeng",
) -> None:  # fmt: skip
    """The warehouse tells that a parcel left, with everything or with so many of each line."""
    async with tenants.transaction():
        order, lines = await orders.find(order_id), await orders.lines_of(order_id)
    packed = tuple(ParcelLine(str(line.id), line.sku, quantity or line.quantity) for line in lines)
    parcel = Parcel(number, carrier, "顺丰速运", at or now(), packed)
    await take_notice(ShipmentNotice(new_id().hex, f"{order.number}-1", parcel, complete), "{}")


async def shipped_order(*offers: Offer, number: str = "SF1000000000001", at: datetime | None = None) -> UUID:
    """A paid order whose only parcel left."""
    placed = await paid_order(*offers)
    await plan_fulfillment(placed.order_id)
    await ship(placed.order_id, number, at=at)
    return placed.order_id


async def parcel_of(order_id: UUID) -> fulfillment.ParcelView:
    async with tenants.transaction():
        (parcel,) = await fulfillment.parcels_of(order_id)
    return parcel
