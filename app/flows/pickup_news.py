"""Telling a shopper about an order to pick up. A step inside an open transaction; a job sends the mail."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import engagement, orders, pickups, store
from app.pickups import Pickup
from infra.settings import settings
from tenants import outbox


async def _where(order: orders.Order, pickup: Pickup) -> str:
    """A point as it is now; without one it is where the order says."""
    if pickup.point is None:
        return str(order.ship_to.get("street", ""))
    point = await pickups.find_point(pickup.point)
    return ", ".join(filter(None, (point.name, point.district, point.street, point.opening_hours)))


async def tell(order_id: UUID, kind: str) -> None:
    order, profile = await orders.find(order_id), await store.read_profile()
    where = await _where(order, await pickups.find(order_id))
    origin = settings().origin(tenants.current().slug)
    message = await engagement.write_message(
        kind, recipient="customer", address=order.email, locale=order.locale, by_mail=bool(settings().smtp_url),
        order_id=order.id, facts={
            "number": order.number, "order": order.number, "store": profile.name, "zone": profile.time_zone,
            "currency": order.currency, "words": where,
            "url": f"{origin}/orders/{order.number}?key={orders.access_key(order.id)}",
        },
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
