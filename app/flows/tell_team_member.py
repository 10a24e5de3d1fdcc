"""A member is told how the team ended, in the language of the order. One transaction, and at most one message each."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

import tenants
from app import engagement, orders, store
from infra.settings import settings
from tenants import outbox


async def tell_team_member(order_id: UUID, kind: str) -> None:
    """`kind` is one of the texts of messages to customers."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if any(known.kind == kind for known in await engagement.messages_of_order(order_id)):
            return
        profile = await store.read_profile()
        message = await engagement.write_message(
            kind,
            recipient="customer",
            address=order.email,
            locale=order.locale,
            facts={
                "number": order.number, "order": order.number, "store": profile.name, "zone": profile.time_zone,
                "currency": order.currency, "amount": order.paid_amount, "url": _page_of(order),
            },
            by_mail=bool(settings().smtp_url),
            order_id=order_id,
        )  # fmt: skip
        if message:
            await outbox.post("messaging.send", key=f"message:{message}", message_id=message)


def _page_of(order: orders.Order) -> str:
    """With the key that opens the order without signing in."""
    key = quote(orders.access_key(order.id))
    return f"{settings().origin(tenants.current().slug)}/orders/{order.number}?key={key}"
