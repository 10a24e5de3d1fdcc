"""One movement, before it is written."""

from __future__ import annotations

from dataclasses import dataclass

from app.ledger.accounts import Account


@dataclass(frozen=True, slots=True)
class Leg:
    """One movement: `amount` minor units from `credit` to `debit`. Legs of nothing are left out when posting."""

    debit: Account
    credit: Account
    amount: int
    currency: str
