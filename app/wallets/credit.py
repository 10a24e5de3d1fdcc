"""Store credit: what a customer may spend here. Its balance is the ledger's; these are a merchant's changes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class CreditChange(msgspec.Struct, frozen=True):
    id: UUID
    customer: UUID
    email: str
    amount: int
    currency: str
    reason: str
    changed_by: str
    changed_at: datetime


class Holder(msgspec.Struct, frozen=True):
    """A customer who has store credit."""

    customer: UUID
    name: str
    email: str
    balance: int


CHANGES = """
SELECT change.id, change.customer, coalesce(customer.email, customer.phone) AS email, change.amount, change.currency,
    change.reason, change.changed_by, change.changed_at
FROM credit_change AS change JOIN customer ON customer.id = change.customer
ORDER BY change.changed_at DESC, change.id DESC LIMIT $1
"""
HOLDERS = """
SELECT customer.id AS customer, customer.name, coalesce(customer.email, customer.phone) AS email, kept.amount AS balance
FROM ledger_balance AS kept JOIN ledger_account AS account ON account.id = kept.account
JOIN customer ON customer.id = account.owner
WHERE account.kind = 'store_credit' AND kept.amount > 0 ORDER BY kept.amount DESC, customer.id LIMIT $1
"""


async def write_change(customer: UUID, amount: int, currency: str, *, reason: str, by: str) -> UUID:
    """Above zero was given, below zero taken back. Its id is what the ledger's transaction is about."""
    change = new_id()
    await tenants.connection().execute(
        "INSERT INTO credit_change (id, customer, amount, currency, reason, changed_by, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        change, customer, amount, currency, reason, by, now(),
    )  # fmt: skip
    return change


async def newest_changes(limit: int = 50) -> list[CreditChange]:
    return [CreditChange(**row) for row in await tenants.connection().fetch(CHANGES, limit)]


async def holders(limit: int = 100) -> list[Holder]:
    """Those with most first."""
    return [Holder(**row) for row in await tenants.connection().fetch(HOLDERS, limit)]
