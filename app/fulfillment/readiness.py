"""What decides whether a work order is handed to its warehouse now, in one look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from asyncpg import Record

import tenants
from app.fulfillment import warehouses, work_orders
from app.fulfillment.warehouses import WarehouseFacts, facts_of
from app.fulfillment.work_orders import WorkOrder
from app.kernel.errors import NotFound

_COLUMNS = {
    name: [column.strip() for column in columns.split(",")]
    for name, columns in (("work", work_orders.COLUMNS), ("house", warehouses.COLUMNS))
}


def read_as(name: Literal["work", "house"]) -> str:
    """The columns of a work order, or of its warehouse, in a statement that calls them so; for `read_together`."""
    return ", ".join(f"{name}.{column} AS {name}_{column}" for column in _COLUMNS[name])


def read_together(row: Record) -> tuple[WorkOrder, WarehouseFacts]:
    """What such a statement read."""
    work, house = ({column: row[f"{name}_{column}"] for column in _COLUMNS[name]} for name in ("work", "house"))
    return WorkOrder(**work), facts_of(house)


LOOK = f"""
SELECT {read_as("work")}, {read_as("house")},
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
    return Readiness(*read_together(row), row["unanswered_for"], row["gate_left"], row["needs_somebody"])
