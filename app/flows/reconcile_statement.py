"""A provider's statement of a day against our own records, line by line.

One transaction: the statement is kept, every line is judged, the provider's fee of each matched line is booked once,
and whatever does not fit is a ticket. Running it again, or loading the same day again, changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

import structlog

import tenants
from app import ledger, payments, tickets
from app.ledger import Account, Leg, Posting
from app.payments import Stated, Statement

log = structlog.get_logger()

FEE, CLEARING = Account("psp_fee"), Account("psp_clearing")
DIFFERENCES = ("missing_here", "missing_there", "amount_differs")


async def reconcile_statement(
    provider: str, day: date, lines: Sequence[Stated], *, source: str = "api", zone: tzinfo = UTC
) -> Statement:
    """Keep and judge what the provider says about `day`, which begins and ends at midnight of `zone`."""
    start, end = (datetime.combine(moment, time(), zone) for moment in (day, day + timedelta(days=1)))
    async with tenants.transaction():
        await tenants.connection().execute("SET LOCAL statement_timeout = '60s'")
        statement_id = await payments.save_statement(provider, day, (start, end), lines, source=source)
        return await _reconcile(await payments.lock_statement(statement_id))


async def recheck_statement(statement_id: UUID) -> Statement:
    """Judge a kept statement anew, after something was put right. Raises NotFound."""
    async with tenants.transaction():
        await tenants.connection().execute("SET LOCAL statement_timeout = '60s'")
        return await _reconcile(await payments.lock_statement(statement_id))


async def _reconcile(statement: Statement) -> Statement:
    await payments.compare_statement(statement)
    await _book_fees(statement)
    await _file_tickets(statement)
    done = await payments.find_statement(statement.id)
    log.info(
        "statement.reconciled", provider=done.provider, day=done.day.isoformat(), matched=done.matched,
        differences=done.differences,
    )  # fmt: skip
    return done


async def _book_fees(statement: Statement) -> None:
    """Once per payment or refund. A fee that was booked before and was another one is a difference."""
    fees = [fee for fee in await payments.fees_of(statement.id) if fee["fee_amount"]]
    if await ledger.post_many("psp_fee", [_posting(fee) for fee in fees]) == len(fees):
        return
    booked = await ledger.debited_by("psp_fee", "psp_fee", [fee["subject_id"] for fee in fees])
    other = [fee["line"] for fee in fees if booked[fee["subject_id"]] != fee["fee_amount"]]
    if other:
        await payments.fee_differs(other)
        await payments.count_outcomes([statement.id])


def _posting(fee: Mapping[str, Any]) -> Posting:
    amount = fee["fee_amount"]
    debit, credit = (FEE, CLEARING) if amount > 0 else (CLEARING, FEE)
    return Posting(fee["subject_id"], Leg(debit, credit, abs(amount), fee["currency"]), fee["order_id"])


async def _file_tickets(statement: Statement) -> None:
    """What this statement said before and does not say any more is right again; so is what is matched now."""
    here = {"statement": str(statement.id)}
    found = await payments.differences_of(statement.id)
    matched = [f"{statement.provider}:{kind}:{number}" for kind, number in await payments.matched_numbers(statement.id)]
    for outcome in DIFFERENCES:
        kind = f"statement.{outcome}"
        lines = [line for line in found if line["outcome"] == outcome]
        subjects = [_subject(statement.provider, line) for line in lines]
        await tickets.close_these(kind, matched)
        await tickets.close_missing(kind, subjects, within=here)
        for subject, line in zip(subjects, lines, strict=True):
            details = {**here, "title": line["number"], "provider": statement.provider}
            await tickets.open(
                kind, subject, currency=line["currency"], amount=line["amount"] - (line["here_amount"] or 0),
                details=details,
            )  # fmt: skip


def _subject(provider: str, line: Mapping[str, Any]) -> str:
    again = f"#{line['copy']}" if line["copy"] > 1 else ""
    return f"{provider}:{line['kind']}:{line['number']}{again}"
