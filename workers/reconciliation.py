"""Jobs of the night: books added up anew, the commission plan checked, statements of providers, goods compared."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import tenants
from app import payments
from app.flows import compare_goods
from app.flows.recompute_books import recompute_books
from app.flows.reconcile_statement import reconcile_statement
from app.flows.review_plan import review_plan
from app.flows.switchboard import provider_called
from app.flows.warehouse_turn import NotYet
from infra.payment.port import PaymentRejected, PaymentUnavailable
from infra.payment.statement_port import StatementLine, StatementSource
from tenants import outbox
from workers.context import GiveUp, Handlers, JobContext, Postpone, Retry


async def nightly(context: JobContext, *, day: str) -> None:
    await recompute_books(date.fromisoformat(day))
    await review_plan()


async def goods(context: JobContext, *, day: str) -> None:
    """Our own rows first, then the warehouses, some orders at a time."""
    await compare_goods.look_at_our_rows(date.fromisoformat(day))
    async with tenants.transaction():
        await outbox.post("reconciliation.goods_asking", queue="bulk", key="reconciliation.goods_asking", day=day)


async def goods_asking(context: JobContext, *, day: str, after: str = "") -> None:
    """Ask about the next orders; a warehouse that may not be asked yet is asked again later."""
    try:
        further = await compare_goods.ask_warehouses(date.fromisoformat(day), UUID(after) if after else None)
    except NotYet as error:
        raise Postpone(str(error), delay=timedelta(seconds=error.seconds)) from error
    if further is None:
        await compare_goods.close_the_night(date.fromisoformat(day))
        return
    async with tenants.transaction():
        await outbox.post(
            "reconciliation.goods_asking", queue="bulk", key=f"reconciliation.goods_asking:{further}", day=day,
            after=str(further),
        )  # fmt: skip


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
    "reconciliation.goods": goods,
    "reconciliation.goods_asking": goods_asking,
    "reconciliation.nightly": nightly,
    "reconciliation.statement": statement,
}
