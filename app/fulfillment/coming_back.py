"""Goods on their way back to the warehouse they left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

LEFT_FROM = """
SELECT work.warehouse, work.reference FROM fulfillment_line AS packed
JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
JOIN fulfillment_order AS work ON work.id = parcel.fulfillment_order
WHERE packed.order_line = ANY($1::uuid[]) AND parcel.tracking_number <> ''
GROUP BY work.warehouse, work.reference ORDER BY sum(packed.quantity) DESC, work.reference LIMIT 1
"""
PLAN = """
INSERT INTO warehouse_return (id, aftersale, warehouse, reference, order_reference, created_at)
VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT DO NOTHING
"""
COLUMNS = "aftersale, warehouse, reference, order_reference, warehouse_ref, announced_at"


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What one warehouse is told, or will be; `reference` is what it knows the return by."""

    aftersale: UUID
    warehouse: UUID
    reference: str
    order_reference: str
    warehouse_ref: str
    announced_at: datetime | None


async def plan_return(aftersale: UUID, reference: str, order_lines: Iterable[UUID]) -> ComingBack | None:
    """To where most of these units left from; None when no carrier ever had them. Planned twice is planned once."""
    home = await tenants.connection().fetchrow(LEFT_FROM, list(order_lines))
    if home is None:
        return None
    await tenants.connection().execute(PLAN, new_id(), aftersale, home["warehouse"], reference, home["reference"])
    return await return_of(reference)


async def return_of(reference: str) -> ComingBack:
    """Raises NotFound."""
    row = await tenants.connection().fetchrow(
        f"SELECT {COLUMNS} FROM warehouse_return WHERE reference = $1",  # noqa: S608 - a constant
        reference,
    )
    if row is None:
        raise NotFound
    return ComingBack(**dict(row))


async def note_announced(reference: str, warehouse_ref: str) -> None:
    """The warehouse expects the goods."""
    await tenants.connection().execute(
        "UPDATE warehouse_return SET announced_at = now(), warehouse_ref = $2 WHERE reference = $1",
        reference, warehouse_ref,
    )  # fmt: skip
