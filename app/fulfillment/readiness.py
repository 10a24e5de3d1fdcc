"""What decides whether a work order is handed to its warehouse now, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app.fulfillment import warehouses, work_orders
from app.fulfillment.warehouses import WarehouseFacts, facts_of
from app.fulfillment.work_orders import WorkOrder
from app.kernel.errors import NotFound

_WORK = [column.strip() for column in work_orders.COLUMNS.split(",")]
_HOUSE = [column.strip() for column in warehouses.COLUMNS.split(",")]
LOOK = f"""
SELECT {", ".join(f"work.{name} AS work_{name}" for name in _WORK)},
    {", ".join(f"house.{name} AS house_{name}" for name in _HOUSE)},
    extract(epoch FROM now() - work.asked_at)::float8 AS unanswered_for,
    extract(epoch FROM gate.shut_until - now())::float8 AS gate_left,
    NOT work.let_out AND EXISTS (SELECT 1 FROM shipping_terms WHERE release = 'manual') AS needs_somebody
FROM fulfillment_order AS work JOIN warehouse AS house ON house.id = work.warehouse
LEFT JOIN warehouse_gate AS gate ON gate.warehouse = house.id
WHERE work.id = $1
"""  # noqa: S608 - constants
LOCKED = f"{LOOK} FOR NO KEY UPDATE OF work"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Seconds are by the database's clock.

    `unanswered_for`: how long ago the call left whose answer nobody has seen; `gate_left`: until somebody may try the
    warehouse's shut gate, None while it is open; `needs_somebody`: where people let work orders out, nobody let out
    this one.
    """

    work_order: WorkOrder
    warehouse: WarehouseFacts
    unanswered_for: float | None
    gate_left: float | None
    needs_somebody: bool


async def readiness(work_order: UUID, *, lock: bool = False) -> Readiness:
    """As it stands, or with the work order locked until the transaction ends. Raises NotFound."""
    row = await tenants.connection().fetchrow(LOCKED if lock else LOOK, work_order)
    if row is None:
        raise NotFound
    return Readiness(
        WorkOrder(**{name: row[f"work_{name}"] for name in _WORK}),
        facts_of({name: row[f"house_{name}"] for name in _HOUSE}),
        row["unanswered_for"], row["gate_left"], row["needs_somebody"],
    )  # fmt: skip
