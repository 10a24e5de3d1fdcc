"""Jobs of the night: books added up anew, the commission plan checked, statements of providers."""

from __future__ import annotations

from datetime import date

import tenants
from app import payments
from app.flows.recompute_books import recompute_books
from app.flows.reconcile_statement import reconcile_statement
from app.flows.review_plan import review_plan
from app.flows.switchboard import provider_called
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.statement_port import StatementLine, StatementSource
from workers.context import GiveUp, Handlers, JobContext, Retry


async def nightly(context: JobContext, *, day: str) -> None:
    await recompute_books(date.fromisoformat(day))
    await review_plan()


async def statement(context: JobContext, *, provider: str, day: str) -> None:
    """Ask for one provider's day and compare it. A day that is not ready yet is asked for again by the timetable."""
    asked = date.fromisoformat(day)
    try:
        lines = await _ask(provider, asked)
    except PaymentUnavailable as error:
        async with tenants.transaction():
            await payments.record_health(provider, error=str(error))
        if context.last:
            return
        raise Retry(str(error)) from error
    except PaymentRejected as error:
        raise GiveUp(str(error)) from error
    if lines is not None:
        await reconcile_statement(provider, asked, lines)


async def _ask(provider: str, day: date) -> list[StatementLine] | None:
    """None when this provider's statements are files somebody uploads."""
    adapter = await provider_called(provider)
    return await adapter.statement(day) if isinstance(adapter, StatementSource) else None


HANDLERS: Handlers = {
    "reconciliation.nightly": nightly,
    "reconciliation.statement": statement,
}
