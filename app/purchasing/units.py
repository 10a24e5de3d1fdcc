"""The units of a purchase order: one row for each unit of an order line, so that none is ordered twice.

The numbers of an order line's units are used up by its rows; whoever comes second finds them taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import msgspec

import tenants
from app.kernel.ids import new_id


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """So many units of an order line have to be ordered from a supplier and go to a place."""

    supplier: UUID
    drop_ship: bool
    order_id: UUID
    order_line: UUID
    variant: UUID
    title: str
    sku: str
    supplier_sku: str
    warehouse: UUID
    destination_kind: str
    destination: UUID
    quantity: int
    sold: int


class Surplus(msgspec.Struct, frozen=True):
    """Units of a purchase line that nobody wants any more, the last ones first."""

    purchase_line: UUID
    ids: list[UUID]


_ADD = """
INSERT INTO supply_unit (id, order_id, order_line, unit, warehouse, purchase_line, destination_kind, destination)
SELECT ids.id, $2, $3, free.unit, $4, $5, $6, $7
FROM (SELECT id, row_number() OVER () AS place FROM unnest($1::uuid[]) AS id) AS ids
JOIN (SELECT series.unit, row_number() OVER (ORDER BY series.unit) AS place
    FROM generate_series(1, $8::integer) AS series (unit)
    WHERE NOT EXISTS (SELECT 1 FROM supply_unit AS taken WHERE taken.order_line = $3 AND taken.unit = series.unit)
) AS free ON free.place = ids.place
ON CONFLICT (order_line, unit) DO NOTHING
"""
# What the order still wants from that shelf, or got from it; what was ordered beyond that is surplus.
_SURPLUS = """
SELECT placed.purchase_line, array_agg(placed.id ORDER BY placed.unit DESC) AS ids FROM (
    SELECT unit.id, unit.purchase_line, unit.unit, row_number() OVER (
            PARTITION BY unit.order_line, unit.warehouse ORDER BY unit.done_at IS NULL, unit.unit) AS place,
        CASE held.status WHEN 'allocated' THEN held.quantity WHEN 'shipped' THEN held.shipped_quantity ELSE 0 END
            AS wanted, unit.done_at, unit.asked_back
    FROM supply_unit AS unit
    LEFT JOIN reservation AS held ON held.order_line = unit.order_line AND held.warehouse = unit.warehouse
    WHERE unit.order_line IN (SELECT order_line FROM supply_unit JOIN purchase_line AS line
        ON line.id = supply_unit.purchase_line WHERE line.purchase_order = $1)
) AS placed JOIN purchase_line AS line ON line.id = placed.purchase_line AND line.purchase_order = $1
WHERE placed.place > placed.wanted AND placed.done_at IS NULL AND NOT placed.asked_back
GROUP BY placed.purchase_line
"""


async def add_units(purchase_line: UUID, needs: Sequence[Need]) -> None:
    for need in needs:
        await tenants.connection().execute(
            _ADD, [new_id() for _ in range(need.quantity)], need.order_id, need.order_line, need.warehouse,
            purchase_line, need.destination_kind, need.destination, need.sold,
        )  # fmt: skip


async def surplus_of(purchase: UUID) -> list[Surplus]:
    """Ordered, not sent or received yet, and not wanted any more: called off, refunded, or moved to another shelf."""
    return [Surplus(**row) for row in await tenants.connection().fetch(_SURPLUS, purchase)]


async def drop_units(ids: Sequence[UUID]) -> None:
    """They can be ordered again, from whomever."""
    await tenants.connection().execute("DELETE FROM supply_unit WHERE id = ANY($1::uuid[]) AND done_at IS NULL", ids)


async def ask_units_back(ids: Sequence[UUID]) -> None:
    await tenants.connection().execute("UPDATE supply_unit SET asked_back = true WHERE id = ANY($1::uuid[])", ids)


_LAST = """
SELECT unit.id, unit.order_id FROM supply_unit AS unit JOIN orders ON orders.id = unit.order_id
WHERE unit.purchase_line = $1 AND unit.done_at IS NULL AND ($3::boolean IS NULL OR unit.asked_back = $3)
ORDER BY orders.paid_at DESC, unit.order_line, unit.unit DESC LIMIT $2
"""


async def last_units(purchase_line: UUID, most: int, *, asked_back: bool | None = None) -> dict[UUID, UUID]:
    """Unit -> order, those of whoever paid last; they are the first to go without."""
    rows = await tenants.connection().fetch(_LAST, purchase_line, most, asked_back)
    return {row["id"]: row["order_id"] for row in rows}
