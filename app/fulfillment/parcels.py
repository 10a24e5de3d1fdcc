"""Parcels: what left the warehouse, once per tracking number, and how much of a work order that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.fulfillment.work_orders import WorkOrder
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Packed:
    """So many of one order line in a parcel; `line_id` is what the warehouse gave back."""

    line_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a warehouse tells of one parcel."""

    tracking_number: str
    carrier: str
    carrier_name: str
    shipped_at: datetime
    lines: tuple[Packed, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """One order line of a work order: asked for, and gone in all its parcels together."""

    order_line: UUID
    asked: int
    gone: int


async def record(work_order: WorkOrder, shipped: Shipped) -> bool:
    """Write the parcel down, with the lines that are really ours. False when it was known already."""
    database = tenants.connection()
    parcel = await database.fetchval(
        "INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, carrier, carrier_name, tracking_number,"
        " status, shipped_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $4, 'shipped', $7, now(), now())"
        " ON CONFLICT (fulfillment_order, parcel_ref) DO NOTHING RETURNING id",
        new_id(), work_order.id, work_order.order_id, shipped.tracking_number, shipped.carrier, shipped.carrier_name,
        shipped.shipped_at,
    )  # fmt: skip
    if parcel is None:
        return False
    asked = {str(line.order_line): line.order_line for line in await progress(work_order.id)}
    await database.executemany(
        "INSERT INTO fulfillment_line (id, fulfillment, order_line, quantity) VALUES ($1, $2, $3, $4)",
        [
            (new_id(), parcel, asked[line_id], quantity)
            for line_id, quantity in _merged(shipped.lines)
            if line_id in asked
        ],
    )
    return True


def _merged(lines: Iterable[Packed]) -> list[tuple[str, int]]:
    """A warehouse may name a line twice in one parcel, for example from two shelves."""
    totals: dict[str, int] = {}
    for line in lines:
        totals[line.line_id] = totals.get(line.line_id, 0) + line.quantity
    return [(line_id, quantity) for line_id, quantity in totals.items() if quantity > 0]


async def progress(work_order: UUID) -> list[Progress]:
    rows = await tenants.connection().fetch(
        "SELECT l.order_line, l.quantity AS asked, coalesce(sum(p.quantity), 0)::bigint AS gone"
        " FROM fulfillment_order_line l"
        " LEFT JOIN fulfillment f ON f.fulfillment_order = l.fulfillment_order AND f.status <> 'canceled'"
        " LEFT JOIN fulfillment_line p ON p.fulfillment = f.id AND p.order_line = l.order_line"
        " WHERE l.fulfillment_order = $1 GROUP BY l.order_line, l.quantity ORDER BY l.order_line",
        work_order,
    )
    return [Progress(row["order_line"], row["asked"], row["gone"]) for row in rows]


async def gone_from(order_id: UUID, warehouse: UUID) -> dict[UUID, int]:
    """By order line, what has left a warehouse for this order, in the parcels of all its work orders there."""
    rows = await tenants.connection().fetch(
        "SELECT packed.order_line, sum(packed.quantity)::bigint AS gone FROM fulfillment_line AS packed"
        " JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'"
        " JOIN fulfillment_order AS work ON work.id = parcel.fulfillment_order"
        " WHERE work.order_id = $1 AND work.warehouse = $2 GROUP BY packed.order_line",
        order_id, warehouse,
    )  # fmt: skip
    return {row["order_line"]: row["gone"] for row in rows}


async def has_shipped_all(order_id: UUID) -> bool:
    """Whether every work order of the order is closed. Meaningful once the order was planned."""
    open_ones = await tenants.connection().fetchval(
        "SELECT count(*) FROM fulfillment_order WHERE order_id = $1 AND status NOT IN ('closed', 'canceled')", order_id
    )
    return not open_ones


async def has_delivered_all(order_id: UUID) -> bool:
    """Whether every parcel of the order arrived and none is still to leave."""
    on_the_way = await tenants.connection().fetchval(
        "SELECT count(*) FROM fulfillment WHERE order_id = $1 AND status NOT IN ('delivered', 'canceled')", order_id
    )
    return not on_the_way and await has_shipped_all(order_id)
