"""Statements of providers whose day is Beijing's: our day in UTC lies in two of theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta

from infra import clock
from infra.payment.port import PaymentUnavailable
from infra.payment.statement_port import StatementLine
from infra.payment.yuan import BEIJING

READY = time(10)  # Both vendors write a day's file in the morning of the next one and ask to be left alone until ten.

Bill = Callable[[date], Awaitable[list[StatementLine] | None]]


async def lines_of(day: date, bill: Bill) -> list[StatementLine]:
    """What happened on our day. `bill` answers None for a day without a file: nothing happened, or it is too early."""
    start = datetime.combine(day, time(), UTC)
    lines: list[StatementLine] = []
    for theirs in (day, day + timedelta(days=1)):
        found = await bill(theirs)
        if found is None and not _is_written(theirs):
            raise PaymentUnavailable(f"the statement of {theirs} is not written yet")
        lines += found or []
    return [line for line in lines if start <= line.happened_at < start + timedelta(days=1)]


def _is_written(theirs: date) -> bool:
    return clock.now() >= datetime.combine(theirs + timedelta(days=1), READY, BEIJING)
