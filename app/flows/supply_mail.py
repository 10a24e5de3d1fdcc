"""What suppliers are told by mail about purchase orders and money. A step inside an open transaction, sent after it."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import engagement, purchasing, store, suppliers
from infra.settings import settings
from tenants import outbox


async def tell(purchase_id: UUID, kind: str) -> None:
    """`kind`: purchase.sent, purchase.changed, purchase.fewer."""
    purchase = await purchasing.find_purchase(purchase_id)
    await write(
        purchase.supplier, kind, number=purchase.number, amount=purchase.total_amount, currency=purchase.currency,
        path=f"/purchase-orders/{purchase_id}",
    )  # fmt: skip


async def write(
    supplier_id: UUID, kind: str, *, number: str, amount: int, currency: str, path: str, words: str = ""
) -> None:
    """In the supplier's language, else the store's."""
    profile, supplier = await store.read_profile(), await suppliers.find(supplier_id)
    message = await engagement.write_message(
        kind,
        recipient="supplier",
        address=supplier.email,
        locale=supplier.locale or profile.locale,
        facts={
            "store": tenants.current().name, "number": number, "amount": amount, "currency": currency, "words": words,
            "zone": profile.time_zone, "url": f"{settings().origin('supply')}{path}",
        },
        by_mail=bool(settings().smtp_url),
    )  # fmt: skip
    if message:
        await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
