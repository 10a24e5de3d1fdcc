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


RECORD = """
WITH parcel AS (
    INSERT INTO fulfillment (id, fulfillment_order, order_id, parcel_ref, carrier, carrier_name, tracking_number,
        status, shipped_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $4, 'shipped', $7, now(), now())
    ON CONFLICT (fulfillment_order, parcel_ref) DO NOTHING RETURNING id
), packed AS (
    INSERT INTO fulfillment_line (id, fulfillment, order_line, quantity)
    SELECT told.id, parcel.id, asked.order_line, told.quantity
    FROM parcel, unnest($8::uuid[], $9::text[], $10::integer[]) AS told(id, line_id, quantity)
    JOIN fulfillment_order_line AS asked ON asked.fulfillment_order = $2 AND asked.order_line::text = told.line_id
)
SELECT 1 FROM parcel
"""


async def record(work_order: WorkOrder, shipped: Shipped) -> bool:
    """Write the parcel down, with the lines that are really ours. False when it was known already."""
    lines = _merged(shipped.lines)
    new = await tenants.connection().fetchval(
        RECORD, new_id(), work_order.id, work_order.order_id, shipped.tracking_number, shipped.carrier,
        shipped.carrier_name, shipped.shipped_at, [new_id() for _ in lines], [line for line, _ in lines],
        [quantity for _, quantity in lines],
    )  # fmt: skip
    return new is not None


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


LEFT = """
SELECT line.order_line, coalesce(sum(packed.quantity), 0)::bigint AS units, NOT EXISTS (
    SELECT 1 FROM fulfillment_order WHERE order_id = $2 AND status NOT IN ('closed', 'canceled')) AS whole
FROM fulfillment_order_line AS line
LEFT JOIN (fulfillment_line AS packed JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment
    AND parcel.status <> 'canceled' JOIN fulfillment_order AS work ON work.id = parcel.fulfillment_order
    AND work.order_id = $2 AND work.warehouse = $3) ON packed.order_line = line.order_line
WHERE line.fulfillment_order = $1 GROUP BY line.order_line
"""


@dataclass(frozen=True, slots=True)
class Left:
    """`units` by line of a work order; `whole`: nothing of its order is still to leave anywhere."""

    units: dict[UUID, int]
    whole: bool


async def left_there(work_order: WorkOrder) -> Left:
    """What has left the work order's warehouse of each of its lines, also under other references of the order."""
    rows = await tenants.connection().fetch(LEFT, work_order.id, work_order.order_id, work_order.warehouse)
    return Left({row["order_line"]: row["units"] for row in rows}, all(row["whole"] for row in rows))


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
