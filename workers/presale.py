"""Jobs of pre-sales: one per order and step, each looking at the row before it does anything."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import tenants
from app.flows import run_presale
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

OVERDUE = """
SELECT order_id, CASE WHEN status = 'balance_paid' THEN 'presale.confirm' WHEN due_at <= $1 THEN 'payments.expire_order'
    ELSE 'presale.open_balance' END AS step
FROM presale_order WHERE (status = 'balance_paid' AND ships_at <= $1)
    OR (status IN ('deposit_paid', 'balance_open') AND due_at <= $1) OR (status = 'deposit_paid' AND opens_at <= $1)
LIMIT 100
"""


async def look_after_presales() -> None:
    """By the clock: whatever should have happened by now is asked for, if its own job was lost."""
    async with tenants.transaction():
        for row in await tenants.connection().fetch(OVERDUE, now()):
            await outbox.post(row["step"], key=f"{row['step']}:{row['order_id']}:overdue", order_id=row["order_id"])


async def open_balance(context: JobContext, *, order_id: str) -> None:
    await run_presale.open_balance(UUID(order_id))


async def remind(context: JobContext, *, order_id: str) -> None:
    await run_presale.remind(UUID(order_id))


async def confirm(context: JobContext, *, order_id: str) -> None:
    await run_presale.confirm_presale(UUID(order_id))


async def bring_forward(context: JobContext, *, order_id: str) -> None:
    await run_presale.bring_forward(UUID(order_id))


async def move_day(context: JobContext, *, order_id: str, ships_at: str, reason: str) -> None:
    await run_presale.move_day_of(UUID(order_id), datetime.fromisoformat(ships_at), reason=reason)


HANDLERS: Handlers = {
    "presale.open_balance": open_balance,
    "presale.remind": remind,
    "presale.confirm": confirm,
    "presale.bring_forward": bring_forward,
    "presale.move_day": move_day,
}
