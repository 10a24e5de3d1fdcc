"""A gift card is lost: it gets another code, and the old one is worth nothing from then on.

It stays the same card: what it holds, what moved on it, and refunds that still come back to it follow without a
movement of money. The audit entry comes first, in a transaction of the platform; then one transaction of the store.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import wallets
from app.identity import Viewer
from app.wallets import GiftCard
from tenants import audit, platform


async def recode_gift_card(card_id: UUID, *, by: Viewer) -> tuple[GiftCard, str]:
    """The card and its new code, which is told here and never again. It is switched on. Raises NotFound."""
    async with tenants.transaction():
        before = await wallets.find_card(card_id)
    async with platform.transaction() as database:
        await audit.record(
            database, actor_kind="merchant", actor_id=by.id, actor_name=by.name, action="gift_card.recoded",
            tenant=tenants.current().id, subject=str(card_id), details={"old_code_ended_in": before.last4},
        )  # fmt: skip
    async with tenants.transaction():
        return await wallets.recode(card_id)
