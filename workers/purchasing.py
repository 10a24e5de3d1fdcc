"""Jobs around suppliers: the day's order at the store's own cut-off."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import tenants
from app import purchasing
from app.flows.order_from_suppliers import NothingToOrder, order_from_suppliers
from app.kernel.clock import now
from tenants import outbox
from workers.context import Handlers, JobContext


async def look_after_supply() -> None:
    """Once a day of a store that wants it, when its cut-off has come."""
    async with tenants.transaction():
        setting = await purchasing.read_setting()
        local = now().astimezone(ZoneInfo(tenants.current().time_zone))
        if not setting.daily_at or local.strftime("%H:%M") < setting.daily_at:
            return
        if setting.last_run_on is None or setting.last_run_on < local.date():
            day = local.date().isoformat()
            await outbox.post("purchasing.cut_off", key=f"purchasing.cut_off:{day}", day=day)


async def cut_off(context: JobContext, *, day: str) -> None:
    """What is ordered is ordered once, so a second run finds nothing, or what was paid since."""
    with suppress(NothingToOrder):
        await order_from_suppliers(by="system")
    async with tenants.transaction():
        await purchasing.note_run(date.fromisoformat(day))


HANDLERS: Handlers = {"purchasing.cut_off": cut_off}
