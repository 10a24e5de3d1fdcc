"""Nightly: add everything up anew, and make a ticket of every difference.

Not one transaction: each question is one look at the rows, and tickets follow in a transaction of their own. What an
earlier night found and this one does not is right again, so its ticket closes by itself.
"""

from __future__ import annotations

from datetime import date

import structlog

import tenants
from app import ledger, tickets
from app.flows import book_checks
from app.flows.book_checks import Finding
from app.flows.book_questions import STATEMENTS
from app.kernel.clock import now

log = structlog.get_logger()


async def recompute_books(day: date) -> int:
    """How many differences the bound store has. Safe to run again: the same difference is the same ticket."""
    found: dict[str, list[Finding]] = {
        "books.balance": await book_checks.balances(),
        "books.trial": await book_checks.trial(),
    }
    found["order.money"], orders = await book_checks.order_money()
    for kind in STATEMENTS:
        found[kind] = await book_checks.ask(kind)
    for kind, findings in found.items():
        await _file(kind, findings)
    figures = {kind: len(findings) for kind, findings in found.items()} | {"orders": orders}
    differences = sum(len(findings) for findings in found.values())
    async with tenants.transaction():
        await ledger.record_check(day, figures, differences)
        await ledger.sum_up(now())
    log.info("books.recomputed", orders=orders, differences=differences)
    return differences


async def _file(kind: str, findings: list[Finding]) -> None:
    """A list that was cut short says nothing about what is not on it, so then nothing closes."""
    async with tenants.transaction():
        for one in findings:
            await tickets.open(kind, one.subject, currency=one.currency, amount=one.amount, details=one.details)
        if len(findings) < book_checks.MOST_FINDINGS:
            await tickets.close_missing(kind, [one.subject for one in findings])
