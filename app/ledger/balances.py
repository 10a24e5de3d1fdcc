"""What the accounts hold, added up from the transfers: there is no second number that could disagree."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants


@dataclass(frozen=True, slots=True)
class Balance:
    """`amount` is debits less credits: positive is what the store has or spent, negative what it earned or owes."""

    kind: str
    owner: UUID
    currency: str
    debited: int
    credited: int

    @property
    def amount(self) -> int:
        return self.debited - self.credited


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Whether the books are whole. All three are zero in a ledger nobody tampered with."""

    difference: int
    foreign_currency: int
    empty_transactions: int

    @property
    def is_whole(self) -> bool:
        return not (self.difference or self.foreign_currency or self.empty_transactions)


SIDES = """
SELECT account.kind, account.owner, account.currency,
    coalesce(sum(side.debited), 0)::bigint AS debited, coalesce(sum(side.credited), 0)::bigint AS credited
FROM ledger_account AS account JOIN (
    SELECT debit AS account, amount AS debited, 0 AS credited FROM ledger_transfer
    UNION ALL
    SELECT credit, 0, amount FROM ledger_transfer
) AS side ON side.account = account.id
GROUP BY account.kind, account.owner, account.currency
ORDER BY account.kind, account.owner, account.currency
"""


async def balances() -> list[Balance]:
    """Every account that ever moved."""
    return [Balance(**row) for row in await tenants.connection().fetch(SIDES)]


async def trial_balance() -> TrialBalance:
    """Add everything up once more, and look for what the constraints alone do not rule out."""
    row = await tenants.connection().fetchrow(
        "SELECT (SELECT count(*) FROM ledger_transfer AS t"
        " JOIN ledger_account AS d ON d.id = t.debit JOIN ledger_account AS c ON c.id = t.credit"
        " WHERE d.currency <> t.currency OR c.currency <> t.currency) AS foreign_currency,"
        " (SELECT count(*) FROM ledger_transaction AS x"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.ledger_transaction = x.id)) AS empty"
    )
    assert row is not None  # noqa: S101 - a SELECT of counts always answers
    difference = sum(balance.amount for balance in await balances())
    return TrialBalance(difference, row["foreign_currency"], row["empty"])
