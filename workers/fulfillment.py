"""Jobs around the warehouse: plan, push, register, test the connection."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.push_fulfillment import push_fulfillment
from infra import wiring
from infra.warehouse.port import WarehouseRejected, WarehouseUnavailable
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
    for warehouse in filter(wiring.is_practice, warehouses):
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


async def check_warehouse(context: JobContext, *, warehouse_id: str) -> None:
    """Ask for an order that nobody made, for the merchant who pressed the button; what comes of it is its health.

    "There is no such order" is the answer we want: the credentials were believed.
    """
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(UUID(warehouse_id))
    trouble = ""
    try:
        gateway = wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)
        await gateway.query_order(f"check-{context.job_id.hex[-12:]}")
    except WarehouseRejected as error:
        trouble = "" if error.code == "unknown_order" else f"{error.code}: {error.args[1] or error.code}"
    except WarehouseUnavailable as error:
        trouble = str(error) or "did not answer"
    async with tenants.transaction():
        if trouble:
            await fulfillment.note_trouble(warehouse.id, trouble)
        else:
            await fulfillment.note_answer(warehouse.id)


HANDLERS: Handlers = {
    "fulfillment.check_warehouse": check_warehouse,
    "fulfillment.plan": plan_order,
    "fulfillment.push_order": push_order,
    "fulfillment.register_warehouse": register_warehouse,
}
