"""Jobs around the warehouse: plan, push, register."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from infra import wiring
from infra.warehouse.port import WarehouseUnavailable
from tenants import lifecycle
from workers.context import Handlers, JobContext, Retry


async def plan_order(context: JobContext, *, order_id: str) -> None:
    await plan_fulfillment(UUID(order_id))


async def push_order(context: JobContext, *, work_order_id: str) -> None:
    """After the last attempt the work order waits for a person, with the reason on it; the job is then done."""
    try:
        await push_fulfillment(UUID(work_order_id), last_attempt=context.last)
    except WarehouseUnavailable as error:
        raise Retry(str(error)) from error


async def register_warehouse(context: JobContext) -> None:
    """Tell the built-in warehouse where this store listens."""
    tenant = tenants.current()
    async with tenants.transaction():
        warehouses = await fulfillment.warehouses()
    callback, carrier = (lifecycle.webhook_secret(tenant.id, kind) for kind in ("warehouse", "carrier"))
    for warehouse in warehouses:
        try:
            await wiring.register_warehouse(
                warehouse, tenant_id=tenant.id, callback_secret=callback, carrier_secret=carrier
            )
        except WarehouseUnavailable as error:
            async with tenants.transaction():
                await fulfillment.note_trouble(warehouse.id, str(error))
            raise Retry(str(error)) from error
        async with tenants.transaction():
            await fulfillment.note_answer(warehouse.id)


HANDLERS: Handlers = {
    "fulfillment.plan": plan_order,
    "fulfillment.push_order": push_order,
    "fulfillment.register_warehouse": register_warehouse,
}
