"""Telling a shopper about an order to pick up. A step inside an open transaction; a job sends the mail."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import engagement, orders, pickups, store
from infra.settings import settings
from tenants import outbox


async def tell(order_id: UUID, kind: str) -> None:
    order, profile = await orders.find(order_id), await store.read_profile()
    point = await pickups.find_point((await pickups.find(order_id)).point)
    where = ", ".join(filter(None, (point.name, point.district, point.street, point.opening_hours)))
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
