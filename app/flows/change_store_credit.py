"""The store gives a customer credit, or takes some back, and says why. One transaction.

Credit that is given costs the store its value as a discount; what is taken back never is more than the customer has.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import ledger, wallets
from app.ledger import Account, Leg


async def change_store_credit(customer: UUID, amount: int, *, reason: str, by: str) -> None:
    """Above zero gives, below zero takes back. Raises InsufficientBalance."""
    currency, credit = tenants.current().currency, Account("store_credit", customer)
    given = Account("discount_given")
    async with tenants.transaction():
        change = await wallets.write_change(customer, amount, currency, reason=reason, by=by)
        leg = Leg(given, credit, amount, currency) if amount > 0 else Leg(credit, given, -amount, currency)
        await ledger.post("store_credit.change", change, [leg])
