"""One account's movements with the balance after each, and the table of all accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.kernel.errors import NotFound
from app.kernel.paging import Page, cut, decode_cursor
from app.ledger.accounts import GROWS_WITH_DEBITS
from app.ledger.sums import ACCOUNTS

PER_PAGE = 50


class AccountSum(msgspec.Struct, frozen=True):
    """What an account moved in all. `balance` is written as its kind grows, so a sound account is not negative."""

    id: UUID
    kind: str
    owner: UUID
    currency: str
    debited: int
    credited: int

    @property
    def balance(self) -> int:
        return signed(self.kind, self.debited - self.credited)


class KindSum(msgspec.Struct, frozen=True):
    """All accounts of a kind together; `only` is the account when there is just one."""

    kind: str
    currency: str
    accounts: int
    only: UUID
    debited: int
    credited: int

    @property
    def balance(self) -> int:
        return signed(self.kind, self.debited - self.credited)


class Entry(msgspec.Struct, frozen=True):
    """One movement seen from one of its accounts; `amount` is above zero when it was debited."""

    id: UUID
    transaction: UUID
    kind: str
    source_id: UUID
    at: datetime
    order_id: UUID | None
    amount: int
    currency: str
    other: UUID
    other_kind: str
    other_owner: UUID
    balance: int


def signed(kind: str, debits_less_credits: int) -> int:
    """A balance as people read it: above zero on the side where accounts of this kind grow."""
    return debits_less_credits if kind in GROWS_WITH_DEBITS else -debits_less_credits


KINDS_TABLE = f"""
SELECT kind, currency, count(*) AS accounts, (array_agg(id ORDER BY id))[1] AS only,
    sum(debited)::bigint AS debited, sum(credited)::bigint AS credited
FROM ({ACCOUNTS}) AS account WHERE debited <> 0 OR credited <> 0
GROUP BY kind, currency ORDER BY currency, kind
"""  # noqa: S608 - constants only
OF_KIND = f"{ACCOUNTS} WHERE kind = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3"
OF_OWNER = f"{ACCOUNTS} WHERE owner = $1 ORDER BY kind, currency"
ONE = f"{ACCOUNTS} WHERE id = $1"
SIDE = (
    "SELECT id, ledger_transaction, debit, credit, amount, currency, order_id FROM ledger_transfer"
    " WHERE {side} = $1 AND ($2::uuid IS NULL OR id {before} $2) ORDER BY id {order} LIMIT $3"
)
# The balance after the oldest row shown is what came before it plus that row; the window adds up from there.
STATEMENT = """
WITH shown AS (
    SELECT * FROM (({debits}) UNION ALL ({credits})) AS sides ORDER BY id {order} LIMIT $3
), earlier AS (
    SELECT coalesce(sum(CASE WHEN debit = $1 THEN amount ELSE -amount END), 0)::bigint AS amount FROM ledger_transfer
    WHERE (debit = $1 OR credit = $1) AND id < (SELECT id FROM shown ORDER BY id LIMIT 1)
)
SELECT shown.id, event.id AS transaction, event.kind, event.source_id, event.at, shown.order_id,
    CASE WHEN shown.debit = $1 THEN shown.amount ELSE -shown.amount END AS amount, shown.currency,
    other.id AS other, other.kind AS other_kind, other.owner AS other_owner,
    ((SELECT amount FROM earlier)
        + sum(CASE WHEN shown.debit = $1 THEN shown.amount ELSE -shown.amount END) OVER (ORDER BY shown.id))::bigint
        AS balance
FROM shown JOIN ledger_transaction AS event ON event.id = shown.ledger_transaction
JOIN ledger_account AS other ON other.id = CASE WHEN shown.debit = $1 THEN shown.credit ELSE shown.debit END
ORDER BY shown.id {order}
"""


def _statement(order: str, before: str) -> str:
    debits, credits = (SIDE.format(side=side, before=before, order=order) for side in ("debit", "credit"))
    return STATEMENT.format(debits=debits, credits=credits, order=order)


FORWARDS, BACKWARDS = _statement("DESC", "<"), _statement("ASC", ">")


async def kinds() -> list[KindSum]:
    """The chart of accounts with what moved: one line for each kind and currency."""
    return [KindSum(**row) for row in await tenants.connection().fetch(KINDS_TABLE)]


async def accounts_of_kind(kind: str, *, after: str = "", limit: int = PER_PAGE) -> Page[AccountSum]:
    place = decode_cursor(after, UUID)
    rows = await tenants.connection().fetch(OF_KIND, kind, place[0] if place else None, limit + 1)
    return cut([AccountSum(**row) for row in rows], limit, lambda one: (one.id,), started=place is not None)


async def accounts_of(owner: UUID) -> list[AccountSum]:
    """Every account of one promoter, customer, card or supplier."""
    return [AccountSum(**row) for row in await tenants.connection().fetch(OF_OWNER, owner)]


async def find_account(account_id: UUID) -> AccountSum:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(ONE, account_id)
    if row is None:
        raise NotFound
    return AccountSum(**row)


async def statement(account: AccountSum, *, after: str = "", before: str = "", limit: int = PER_PAGE) -> Page[Entry]:
    """Newest first, each with the balance after it, written as accounts of this kind grow."""
    backwards = decode_cursor(before, UUID)
    place = backwards or decode_cursor(after, UUID)
    rows = await tenants.connection().fetch(
        BACKWARDS if backwards else FORWARDS, account.id, place[0] if place else None, limit + 1
    )
    entries = [_entry(account.kind, row) for row in rows]
    return cut(entries, limit, lambda one: (one.id,), backwards=bool(backwards), started=place is not None)


def _entry(kind: str, row: Mapping[str, Any]) -> Entry:
    return Entry(**(dict(row) | {"balance": signed(kind, row["balance"])}))
