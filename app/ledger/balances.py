"""What the accounts hold, added up from the transfers, and whether the kept balances say the same."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.ledger.accounts import GUARDED, Account
from app.ledger.sums import ACCOUNTS, BEGINNING, summed_until


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
    """Whether the books are whole. All four are zero in a ledger nobody tampered with."""

    difference: int
    foreign_currency: int
    empty_transactions: int
    misstated: int = 0

    @property
    def is_whole(self) -> bool:
        return not (self.difference or self.foreign_currency or self.empty_transactions or self.misstated)


@dataclass(frozen=True, slots=True)
class Misstated:
    """An account with a floor whose row does not say what its transfers add up to (credits less debits)."""

    account: UUID
    kind: str
    owner: UUID
    currency: str
    kept: int
    computed: int


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

OWED = "coalesce(sum(CASE WHEN credit = $1 THEN amount ELSE -amount END), 0)::bigint"
ADDED_UP = f"SELECT {OWED} FROM ledger_transfer WHERE credit = $1 OR debit = $1"  # noqa: S608 - constants only
KEPT = "SELECT amount FROM ledger_balance WHERE account = $1"
MISSTATED = """
SELECT account.id AS account, account.kind, account.owner, account.currency,
    coalesce(kept.amount, 0) AS kept, coalesce(sum(side.moved), 0)::bigint AS computed
FROM ledger_account AS account
LEFT JOIN ledger_balance AS kept ON kept.account = account.id
LEFT JOIN (
    SELECT credit AS account, amount AS moved FROM ledger_transfer
    UNION ALL
    SELECT debit, -amount FROM ledger_transfer
) AS side ON side.account = account.id
WHERE account.kind = ANY($1) OR kept.amount IS NOT NULL
GROUP BY account.id, account.kind, account.owner, account.currency, kept.amount
HAVING coalesce(kept.amount, 0) <> coalesce(sum(side.moved), 0)
ORDER BY account.id
"""
KEPT_WRONG = f"""
SELECT count(*) FROM ({ACCOUNTS}) AS account LEFT JOIN ledger_balance AS kept ON kept.account = account.id
WHERE (account.kind = ANY($1) OR kept.amount IS NOT NULL)
    AND coalesce(kept.amount, 0) <> account.credited - account.debited
"""  # noqa: S608 - constants only
FOREIGN = """
SELECT count(*) FROM ledger_transfer AS t JOIN ledger_account AS d ON d.id = t.debit
JOIN ledger_account AS c ON c.id = t.credit
WHERE t.id >= $1 AND (d.currency <> t.currency OR c.currency <> t.currency)
"""
EMPTY = """
SELECT count(*) FROM ledger_transaction AS x
WHERE x.id >= $1 AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS t WHERE t.ledger_transaction = x.id)
"""


async def balance_of(account: Account, currency: str, *, lock: bool = False) -> int:
    """Credits less debits: what a gift card, store credit or promoter's account still holds.

    Accounts with a floor answer from their row; `lock` keeps anybody else from moving it until COMMIT.
    """
    if account.kind in GUARDED:
        statement = KEPT + " FOR UPDATE" if lock else KEPT
        return await tenants.connection().fetchval(statement, account.id_in(currency)) or 0
    added_up: int = await tenants.connection().fetchval(ADDED_UP, account.id_in(currency))
    return added_up


async def misstated() -> list[Misstated]:
    """Kept balances that differ from what the transfers say: there must be none."""
    return [Misstated(**row) for row in await tenants.connection().fetch(MISSTATED, list(GUARDED))]


async def balances() -> list[Balance]:
    """Every account that ever moved."""
    return [Balance(**row) for row in await tenants.connection().fetch(SIDES)]


async def trial_balance() -> TrialBalance:
    """Add everything up once more, and look for what the constraints alone do not rule out."""
    database = tenants.connection()
    difference = sum(balance.amount for balance in await balances())
    foreign, empty = await database.fetchval(FOREIGN, BEGINNING), await database.fetchval(EMPTY, BEGINNING)
    return TrialBalance(difference, foreign, empty, len(await misstated()))


async def trial_since() -> TrialBalance:
    """The same in moments: it believes the sums of the last recomputation, and looks at everything that came since."""
    database, since = tenants.connection(), await summed_until()
    difference: int = await database.fetchval(
        f"SELECT coalesce(sum(debited - credited), 0)::bigint FROM ({ACCOUNTS}) AS account"  # noqa: S608 - constants
    )
    foreign, empty = await database.fetchval(FOREIGN, since), await database.fetchval(EMPTY, since)
    return TrialBalance(difference, foreign, empty, await database.fetchval(KEPT_WRONG, list(GUARDED)))
