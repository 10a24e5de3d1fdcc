"""Fetch what a warehouse has to tell: store it, commit, and only then say that it is stored.

Whoever dies in between is told the same again, and every notice counts once. Warehouses that call us are asked as well,
seldom, because a callback may be missed. Not one transaction: the outside is called between them.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

import tenants
from app import fulfillment
from app.flows import take_count
from app.flows.take_notice import take_notice
from app.flows.warehouse_turn import asked, require_open
from app.fulfillment import PullKind, WarehouseFacts
from infra import wiring
from infra.warehouse.port import WarehouseGateway
from tenants import outbox

PAGES = 10  # at a time; then others have their turn


async def pull_shipments(warehouse_id: UUID) -> None:
    """Raises NotYet, WarehouseUnavailable, WarehouseRejected."""
    warehouse, gateway = await _reach(warehouse_id)
    for left in reversed(range(PAGES)):
        cursor = await _cursor(warehouse, "shipments")
        async with asked(warehouse, "pull.shipments"):
            page = await gateway.pull_shipments(cursor)
        for notice in page.notices:
            await take_notice(notice, msgspec.json.encode(notice).decode(), warehouse)
        async with tenants.transaction():
            await fulfillment.keep_cursor(warehouse.id, "shipments", page.cursor)
            if page.more and not left:
                await post_pull(warehouse.id, "shipments")
        acknowledge = gateway.ack_shipments
        await acknowledge(page.receipts)
        if not page.more:
            return


async def pull_stock(warehouse_id: UUID) -> None:
    """The same for counts of its shelves, which need no inbox: the newest one of a SKU is kept."""
    warehouse, gateway = await _reach(warehouse_id)
    for left in reversed(range(PAGES)):
        cursor = await _cursor(warehouse, "stock")
        async with asked(warehouse, "pull.stock"):
            page = await gateway.pull_stock(cursor)
        async with tenants.transaction():
            await take_count.take_all(page.levels, warehouse)
            await fulfillment.keep_cursor(warehouse.id, "stock", page.cursor)
            if page.more and not left:
                await post_pull(warehouse.id, "stock")
        acknowledge = gateway.ack_stock
        await acknowledge(page.receipts)
        if not page.more:
            return


async def post_pull(warehouse: UUID, news: PullKind) -> None:
    """Ask for it; the same wish twice is one."""
    await outbox.post(
        "fulfillment.pull_news", key=f"pull:{news}:{warehouse}", max_attempts=3, warehouse_id=warehouse, news=news
    )


async def _reach(warehouse_id: UUID) -> tuple[WarehouseFacts, WarehouseGateway]:
    async with tenants.transaction():
        warehouse = await fulfillment.warehouse(warehouse_id)
        await require_open(warehouse_id, pass_it=True)
    return warehouse, wiring.warehouse_gateway(warehouse, tenant_id=tenants.current().id)


async def _cursor(warehouse: WarehouseFacts, kind: PullKind) -> str:
    async with tenants.transaction():
        return await fulfillment.cursor_of(warehouse.id, kind)
