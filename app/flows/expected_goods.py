"""What a purchase order brings to the shelves: expected when it was accepted, there when it arrives. Not a journey.

Steps inside an open transaction, last in it like everything that touches stock. Somebody may have taken a delivery in
on the pages of stock; then it is there already and nothing moves twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import inventory
from app.purchasing import Arrived, Purchase

EXPECTED = """
SELECT line.variant, unit.warehouse, count(*) AS units FROM supply_unit AS unit
JOIN purchase_line AS line ON line.id = unit.purchase_line AND NOT line.drop_ship
WHERE line.purchase_order = $1 AND unit.done_at IS NULL GROUP BY line.variant, unit.warehouse
ORDER BY line.variant, unit.warehouse
"""
OPEN = """
SELECT id, variant, warehouse, expected - received AS units FROM stock_arrival
WHERE about = $1 AND status = 'expected' ORDER BY variant, warehouse, id
"""


async def expect(purchase: Purchase, *, by: str) -> None:
    for row in await tenants.connection().fetch(EXPECTED, purchase.id):
        await inventory.expect(
            row["variant"], row["warehouse"], row["units"], actor=by, words=purchase.number, about=purchase.id
        )


async def take_in(purchase: UUID, arrived: Sequence[Arrived], *, by: str) -> None:
    """On their shelves, unless somebody put them there before."""
    waiting = {(row["variant"], row["warehouse"]): row for row in await tenants.connection().fetch(OPEN, purchase)}
    for each in arrived:
        expected = waiting.get((each.variant, each.warehouse))
        if expected:
            await inventory.receive(expected["id"], min(each.units, expected["units"]), actor=by)


async def call_off(purchase: UUID, *, by: str) -> None:
    """Nothing more of it will come."""
    for row in await tenants.connection().fetch(OPEN, purchase):
        await inventory.call_off(row["id"], actor=by)
