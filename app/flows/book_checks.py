"""The nightly recomputation's answers: what each question finds, from one look at the rows."""

from __future__ import annotations

from typing import Any

import msgspec

import tenants
from app import ledger
from app.flows.book_questions import MONEY, STATEMENTS
from app.ledger import Moved

MOST_FINDINGS = 1_000  # of one kind; a store with more has one big trouble, not a thousand small ones
PATIENCE = 300  # seconds for one statement over a whole store
AT_ONCE = 500  # orders whose money is added up together


class Finding(msgspec.Struct, frozen=True):
    """What is off, by how much, and what a reader needs to get there."""

    subject: str
    amount: int = 0
    currency: str = ""
    details: dict[str, Any] = {}


async def ask(kind: str) -> list[Finding]:
    """What one statement finds in the bound store."""
    async with tenants.transaction():
        await tenants.connection().execute(f"SET LOCAL statement_timeout = '{PATIENCE}s'")
        rows = await tenants.connection().fetch(f"{STATEMENTS[kind]} LIMIT {MOST_FINDINGS}", timeout=PATIENCE)
    return [_finding(dict(row)) for row in rows]


def _finding(row: dict[str, Any]) -> Finding:
    subject, amount, currency = (row.pop(name) for name in ("subject", "amount", "currency"))
    return Finding(subject, int(amount), currency, row)


async def balances() -> list[Finding]:
    """Kept balances that are not the sum of their transfers."""
    async with tenants.transaction():
        wrong = await ledger.misstated()
    return [
        Finding(str(one.account), one.kept - one.computed, one.currency, {"account": str(one.account)}) for one in wrong
    ]


async def trial() -> list[Finding]:
    """Debits and credits of the whole store."""
    async with tenants.transaction():
        books = await ledger.trial_balance()
    if not (books.difference or books.foreign_currency or books.empty_transactions):
        return []
    facts = {"foreign_currency": books.foreign_currency, "empty_transactions": books.empty_transactions}
    return [Finding("books", books.difference, tenants.current().currency, facts)]


async def order_money() -> tuple[list[Finding], int]:
    """Every order's books against its payments and refunds; also how many orders were looked at."""
    found: list[Finding] = []
    looked_at, last = 0, None
    while True:
        async with tenants.transaction():
            rows = await tenants.connection().fetch(MONEY, last, AT_ONCE, timeout=PATIENCE)
        if not rows:
            return found, looked_at
        found += [finding for row in rows if (finding := _judge(row)) and len(found) < MOST_FINDINGS]
        looked_at, last = looked_at + len(rows), rows[-1]["id"]


def _judge(row: Any) -> Finding | None:
    money = ledger.add_up(Moved(*pair) for pair in msgspec.json.decode(row["moved"]))
    parts = {
        "unknown": money.difference, "paid": money.paid - row["paid"], "refunded": money.refunded - row["back"],
    }  # fmt: skip
    wrong = {name: amount for name, amount in parts.items() if amount}
    if not wrong:
        return None
    return Finding(str(row["id"]), next(iter(wrong.values())), row["currency"], {"order": row["number"], **wrong})
