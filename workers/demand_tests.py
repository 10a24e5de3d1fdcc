"""Jobs of demand tests: what a verdict means for one order, and telling whoever placed it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from app.flows import run_demand_test
from workers.context import Handlers, JobContext


async def ask_balance(context: JobContext, *, order_id: str) -> None:
    await run_demand_test.ask_balance(UUID(order_id))


async def tell(context: JobContext, *, order_id: str, verdict: str, until: str) -> None:
    moment = datetime.fromisoformat(until) if until else None
    await run_demand_test.tell_verdict(UUID(order_id), verdict, moment)


HANDLERS: Handlers = {"demand_test.ask_balance": ask_balance, "demand_test.tell": tell}
