"""Goods that arrived from a supplier, and the units that are done with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

import tenants
from app.kernel.clock import now
from app.kernel.ids import new_id


class Receipt(msgspec.Struct, frozen=True):
    title: str
    quantity: int
    received_by: str
    received_at: datetime


class Arrived(msgspec.Struct, frozen=True):
    """Units for one shelf."""

    variant: UUID
    warehouse: UUID
    units: int


# Whoever paid first gets theirs first.
_RECEIVE = """
WITH chosen AS (
    SELECT unit.id FROM supply_unit AS unit JOIN orders ON orders.id = unit.order_id
    WHERE unit.purchase_line = $1 AND unit.done_at IS NULL
    ORDER BY unit.asked_back, orders.paid_at, unit.order_line, unit.unit LIMIT $2
), done AS (
    UPDATE supply_unit AS unit SET done_at = $3 FROM chosen WHERE unit.id = chosen.id RETURNING unit.warehouse
)
SELECT line.variant, done.warehouse, count(*) AS units FROM done, purchase_line AS line WHERE line.id = $1
GROUP BY line.variant, done.warehouse ORDER BY line.variant, done.warehouse
"""
# Shipped in parcels of the order, so many in all: a repetition finds them done.
_SHIPPED = """
WITH gone AS (
    SELECT held.order_line, held.warehouse, held.shipped_quantity - (
        SELECT count(*) FROM supply_unit AS unit WHERE unit.order_line = held.order_line
            AND unit.warehouse = held.warehouse AND unit.done_at IS NOT NULL) AS units
    FROM (SELECT DISTINCT open.order_line, open.warehouse FROM supply_unit AS open
        JOIN supplier ON supplier.warehouse = open.warehouse AND supplier.id = $1 WHERE open.done_at IS NULL) AS waits
    JOIN reservation AS held ON held.order_line = waits.order_line AND held.warehouse = waits.warehouse
        AND held.shipped_quantity > 0
), numbered AS (
    SELECT unit.id, row_number() OVER (PARTITION BY unit.order_line ORDER BY unit.asked_back, unit.unit) AS place,
        gone.units
    FROM supply_unit AS unit JOIN gone ON gone.order_line = unit.order_line AND gone.warehouse = unit.warehouse
    JOIN purchase_line AS line ON line.id = unit.purchase_line
    JOIN purchase_order AS purchase ON purchase.id = line.purchase_order AND purchase.status IN ('accepted', 'closed')
    WHERE gone.units > 0 AND unit.done_at IS NULL
)
UPDATE supply_unit AS unit SET done_at = $2 FROM numbered
WHERE unit.id = numbered.id AND numbered.place <= numbered.units RETURNING unit.id
"""


async def receive(purchase_line: UUID, quantity: int, *, by: str) -> list[Arrived]:
    """So many of a line are here; answers for which shelves. More than was missing is not taken down."""
    moment = now()
    rows = await tenants.connection().fetch(_RECEIVE, purchase_line, quantity, moment)
    arrived = [Arrived(**row) for row in rows]
    if arrived:
        await tenants.connection().execute(
            "INSERT INTO purchase_receipt (id, purchase_line, quantity, received_by, received_at)"
            " VALUES ($1, $2, $3, $4, $5)",
            new_id(), purchase_line, sum(each.units for each in arrived), by, moment,
        )  # fmt: skip
    return arrived


async def note_shipped(supplier: UUID) -> int:
    """Units of this supplier that have left in parcels are done; answers how many were new."""
    return len(await tenants.connection().fetch(_SHIPPED, supplier, now()))


async def receipts_of(purchase: UUID) -> list[Receipt]:
    rows = await tenants.connection().fetch(
        "SELECT line.title, receipt.quantity, receipt.received_by, receipt.received_at FROM purchase_receipt AS receipt"
        " JOIN purchase_line AS line ON line.id = receipt.purchase_line WHERE line.purchase_order = $1"
        " ORDER BY receipt.received_at DESC, receipt.id",
        purchase,
    )
    return [Receipt(**row) for row in rows]


async def missing_of(lines: Sequence[UUID]) -> Mapping[UUID, int]:
    """What each line still waits for."""
    rows = await tenants.connection().fetch(
        "SELECT purchase_line, count(*) AS units FROM supply_unit WHERE purchase_line = ANY($1::uuid[])"
        " AND done_at IS NULL GROUP BY purchase_line",
        list(lines),
    )
    return {row["purchase_line"]: row["units"] for row in rows}
