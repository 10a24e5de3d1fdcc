"""Jobs of the night: what should have left compared with what warehouses and carriers say."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import tenants
from app.flows import compare_goods
from app.flows.warehouse_turn import NotYet
from tenants import outbox
from workers.context import Handlers, JobContext, Postpone


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


HANDLERS: Handlers = {
    "reconciliation.goods": goods,
    "reconciliation.goods_asking": goods_asking,
}
