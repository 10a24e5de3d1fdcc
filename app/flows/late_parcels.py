"""Parcels that take too long are put into the queue of exceptions, and their shoppers are told once. By the clock."""

from __future__ import annotations

import tenants
from app import engagement, fulfillment, orders, store
from app.fulfillment import LateParcel
from infra.settings import settings
from tenants import outbox


async def look_for_late_parcels() -> int:
    """How many are newly late. Looking twice raises and tells once."""
    async with tenants.transaction():
        rules = await fulfillment.shipping_rules()
        late = await fulfillment.raise_late_parcels(rules)
        for parcel in late:
            if rules.tells_shopper and await fulfillment.mark_told(parcel.id):
                await _tell(parcel)
    return len(late)


async def _tell(parcel: LateParcel) -> None:
    order, profile = await orders.find(parcel.order_id), await store.read_profile()
    origin = settings().origin(tenants.current().slug)
    message = await engagement.write_message(
        "parcel_late", recipient="customer", address=order.email, locale=order.locale,
        by_mail=bool(settings().smtp_url), order_id=order.id, facts={
            "number": order.number, "order": order.number, "store": profile.name, "zone": profile.time_zone,
            "currency": order.currency, "words": parcel.tracking_number,
            "url": f"{origin}/orders/{order.number}/parcels/{parcel.id}?key={orders.access_key(order.id)}",
        },
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
