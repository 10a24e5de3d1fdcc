"""The store issues gift cards: one, or many alike. Their codes are told once.

One transaction. A card that was sold is worth what was paid into the bank; one that is given away costs the store its
value as a discount, the moment it is issued.
"""

from __future__ import annotations

import tenants
from app import ledger, wallets
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.ledger import Account, Leg
from app.wallets import GiftCard, NewCards

PAID_FROM = {"sold": Account("bank_clearing"), "promotional": Account("discount_given")}


async def issue_gift_cards(new: NewCards) -> list[tuple[GiftCard, str]]:
    """Cards and codes. Raises InvalidInput."""
    if new.amount <= 0:
        raise InvalidInput({"amount": N_("A gift card is worth something.")})
    if not 1 <= new.count <= wallets.MOST_AT_ONCE:
        raise InvalidInput({"count": N_("Issue between 1 and 500 cards at once.")})
    async with tenants.transaction():
        made = await wallets.write_cards(new)
        for card, _code in made:
            leg = Leg(PAID_FROM[new.origin], Account("gift_card", card.id), card.initial_amount, card.currency)
            await ledger.post("gift_card.issue", card.id, [leg])
        return made
