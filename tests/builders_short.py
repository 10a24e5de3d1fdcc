"""Orders of which a warehouse misses a part, and what is offered instead, for tests."""

from __future__ import annotations

from uuid import UUID

import tenants
from app import fulfillment, orders
from app.flows.plan_fulfillment import plan_fulfillment
from app.flows.propose_substitution import propose_substitution
from app.flows.take_notice import take_notice
from app.fulfillment import WorkOrder
from app.kernel.clock import now
from app.kernel.ids import new_id
from infra.warehouse.port import Parcel, ParcelLine, ShipmentNotice, ShortLine, ShortNotice
from tests import builders_selling as selling

Short = tuple[UUID, WorkOrder, UUID]


async def short_order(peaches: selling.Offer, *, wanted: int = 3, missing: int = 2) -> Short:
    """Order, work order and line: the warehouse sent what it had, and misses the rest."""
    placed = await selling.paid_order(peaches, quantity=wanted)
    await plan_fulfillment(placed.order_id)
    async with tenants.transaction():
        (work_order,) = await fulfillment.work_orders_of(placed.order_id)
        await fulfillment.mark_submitted(work_order.id)
        await fulfillment.mark_accepted(work_order.id, "W1")
        (line,) = await orders.lines_of(placed.order_id)
    lines = (ShortLine(str(line.id), "", missing),)
    await take_notice(ShortNotice(new_id().hex, work_order.reference, lines, "not found", now()), "{}")
    if wanted > missing:
        parcel = Parcel("SF1", "SF", "SF", now(), (ParcelLine(str(line.id), "", wanted - missing),))
        await take_notice(ShipmentNotice(new_id().hex, work_order.reference, parcel, complete=False), "{}")
    return placed.order_id, work_order, line.id


async def offer_instead(short: Short, goods: selling.Offer, *, hours: int = 48) -> UUID:
    order_id, work_order, line = short
    return await propose_substitution(
        order_id, work_order.id, line=line, variant=goods.variant, hours=hours, by="lin"
    )  # fmt: skip
