"""Jobs around suppliers: the day's order at the store's own cut-off, what is owed, and a statement for each month."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import purchasing
from app.flows.order_from_suppliers import NothingToOrder, order_from_suppliers
from app.flows.settle_suppliers import settle_supplier, state_supplier
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext

TO_SETTLE = "SELECT DISTINCT supplier FROM purchase_order WHERE status IN ('accepted', 'closed')"


async def look_after_supply() -> None:
    """Once a day of a store that wants it, when its cut-off has come."""
    async with tenants.transaction():
        setting = await purchasing.read_setting()
        local = _local()
        if not setting.daily_at or local.strftime("%H:%M") < setting.daily_at:
            return
        if setting.last_run_on is None or setting.last_run_on < local.date():
            day = local.date().isoformat()
            await outbox.post("purchasing.cut_off", key=f"purchasing.cut_off:{day}", day=day)


async def look_after_suppliers_money() -> None:
    """What was sent or went back is written down; an ended month is stated. The same wish twice is one."""
    month = _local().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    async with tenants.transaction():
        for row in await tenants.connection().fetch(TO_SETTLE):
            supplier = row["supplier"]
            await outbox.post("purchasing.settle", queue="bulk", key=f"settle:{supplier}", supplier_id=supplier)
        for supplier in await purchasing.waiting_for_statement(month):
            await outbox.post(
                "purchasing.state", queue="bulk", key=f"state:{supplier}", supplier_id=supplier, until=month.isoformat()
            )


async def cut_off(context: JobContext, *, day: str) -> None:
    """What is ordered is ordered once, so a second run finds nothing, or what was paid since."""
    with suppress(NothingToOrder):
        await order_from_suppliers(by="system")
    async with tenants.transaction():
        await purchasing.note_run(date.fromisoformat(day))


async def settle(context: JobContext, *, supplier_id: str) -> None:
    await settle_supplier(UUID(supplier_id))


async def state(context: JobContext, *, supplier_id: str, until: str) -> None:
    with suppress(purchasing.NothingToState):
        await state_supplier(UUID(supplier_id), until=datetime.fromisoformat(until), by="system")


def _local() -> datetime:
    return now().astimezone(ZoneInfo(tenants.current().time_zone))


HANDLERS: Handlers = {"purchasing.cut_off": cut_off, "purchasing.settle": settle, "purchasing.state": state}
