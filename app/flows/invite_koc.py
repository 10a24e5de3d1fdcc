"""The store asks a customer whether they want to recommend it: by mail, with their consent, once in half a year."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import customers, engagement, koc, store
from infra.settings import settings
from tenants import outbox


async def invite_koc(customer_id: UUID, *, by: str) -> UUID:
    """No reward hangs on it, for nobody. Raises NotFound, NoConsent, AskedLately."""
    async with tenants.transaction():
        invitation = await koc.ask(customer_id, by=by)
        customer, profile = await customers.find(customer_id), await store.read_profile()
        tenant = tenants.current()
        address = f"{settings().origin(tenant.slug)}/invitations/{invitation}/{koc.answer_key(invitation, tenant.id)}"
        message = await engagement.write_message(
            "koc.invited", recipient="customer", address=customer.email or "", locale=customer.locale,
            facts={"store": profile.name, "words": customer.name, "zone": profile.time_zone, "url": address},
            by_mail=bool(settings().smtp_url),
        )  # fmt: skip
        if message:
            await outbox.post("messaging.send", key=f"message:{message}", message_id=message)
        return invitation
