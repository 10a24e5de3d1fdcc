"""What shoppers are told of one order by mail, in the transaction of what it tells. Not a journey."""

from __future__ import annotations

from datetime import datetime

import tenants
from app import engagement, orders, store
from infra.settings import settings
from tenants import outbox


async def tell(
    order: orders.Order,
    kind: str,
    *,
    amount: int | None = None,
    opens: datetime | None = None,
    deadline: datetime | None = None,
    day: datetime | None = None,
    words: str = "",
) -> None:
    """Write the message down; a job sends it after COMMIT. `kind` is one of the texts of messages to customers."""
    profile = await store.read_profile()
    moments = {"opens": opens, "deadline": deadline, "day": day}
    message = await engagement.write_message(
        kind,
        recipient="customer",
        address=order.email,
        locale=order.locale,
        facts={
            "order": order.number, "number": order.number, "store": profile.name, "zone": profile.time_zone,
            "currency": order.currency, "amount": amount, "words": words, "url": _page_of(order),
            **{name: moment.isoformat() for name, moment in moments.items() if moment},
        },
        by_mail=bool(settings().smtp_url),
        order_id=order.id,
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)


def _page_of(order: orders.Order) -> str:
    """With the key that opens the order without signing in."""
    return f"{settings().origin(tenants.current().slug)}/orders/{order.number}?key={orders.access_key(order.id)}"
