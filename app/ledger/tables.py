"""Rows of double entry: accounts, transactions, transfers, and what guarded accounts hold."""

from piccolo.columns import JSONB, BigInt, Date, Integer, Text, Timestamptz
from piccolo.constraints import Unique
from piccolo.table import Table

from app.kernel.columns import key, plain_id, reference


class LedgerAccount(Table):
    """A place money can be."""

    id = key()
    kind = Text(default=None)
    owner = plain_id()
    currency = Text(default=None)
    account_is_unique = Unique([kind, owner, currency])


class LedgerTransaction(Table):
    """One event of money, posted once."""

    id = key()
    kind = Text(default=None)
    source_id = plain_id()
    at = Timestamptz(default=None)
    posted_once = Unique([kind, source_id])


class LedgerTransfer(Table):
    """One movement: from one account to another, never half."""

    id = key()
    ledger_transaction = reference("ledger", "LedgerTransaction")
    leg = Integer(default=None)
    debit = reference("ledger", "LedgerAccount")
    credit = reference("ledger", "LedgerAccount")
    amount = BigInt(default=None)
    currency = Text(default=None)
    order_id = plain_id(null=True)
    leg_is_unique = Unique([ledger_transaction, leg])


class LedgerBalance(Table):
    """What an account with a floor holds: credits less debits of its transfers, moved with them."""

    account = reference("ledger", "LedgerAccount", primary_key=True)
    amount = BigInt(default=None)


class LedgerSum(Table):
    """What an account moved by transfers with ids before `until`; an answer kept for later, never the truth."""

    account = reference("ledger", "LedgerAccount", primary_key=True)
    debited = BigInt(default=None)
    credited = BigInt(default=None)
    until = plain_id()


class BookCheck(Table):
    """One recomputation of the books: what it counted and how many differences it found."""

    id = key()
    day = Date(default=None)
    finished_at = Timestamptz(default=None)
    figures = JSONB(default="{}")
    differences = Integer(default=None)
    one_per_day = Unique([day])
