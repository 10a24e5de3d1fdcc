"""Promised units change their warehouse: the order keeps its goods, and nothing leaves a shelf.

`allocated` moves with the reservation, so what orders own stays the sum of their reservations. The other warehouse must
have the units free at that moment, or nothing moves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec

import tenants
from app.inventory.promises import FREE, PROMISING
from app.kernel.clock import now
from app.kernel.errors import Refusal
from app.kernel.ids import new_id


class Moving(NamedTuple):
    """So many units of an order line are sent from another warehouse than they were promised from."""

    order_line: UUID
    variant: UUID
    source: UUID
    target: UUID
    units: int


class Allotted(NamedTuple):
    """Units that a paid order line has in one warehouse and that have not left. `lent` ones do not move."""

    order_line: UUID
    variant: UUID
    warehouse: UUID
    units: int
    lent: bool


class GoneMeanwhile(Refusal):
    """The other warehouse does not have the units any more."""

    code = "inventory.gone_meanwhile"
    status = 409
    message = "Somebody else got these units in the meantime. Nothing was moved."


ALLOTTED = """
SELECT order_line, variant, warehouse, quantity - shipped_quantity AS units, loan IS NOT NULL AS lent
FROM reservation WHERE order_id = $1 AND status = 'allocated' AND quantity > shipped_quantity
ORDER BY order_line, warehouse
"""
THERE = f"""
SELECT variant, warehouse, greatest({FREE}, 0) AS units, oversell OR NOT tracked AS endless FROM stock_level
WHERE variant = ANY($1::uuid[]) AND {PROMISING}
"""  # noqa: S608 - constants
TAKE_OUT = """
WITH gone AS (
    DELETE FROM reservation WHERE order_line = $1 AND warehouse = $2 AND status = 'allocated' AND quantity = $3
)
UPDATE reservation SET quantity = quantity - $3,
    status = CASE WHEN quantity - $3 = shipped_quantity THEN 'shipped' ELSE 'allocated' END
WHERE order_line = $1 AND warehouse = $2 AND status = 'allocated' AND quantity > $3
"""
PUT_IN = """
INSERT INTO reservation (id, order_id, order_line, variant, warehouse, quantity, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'allocated', $7)
ON CONFLICT (order_line, warehouse) DO UPDATE SET status = 'allocated', loan = NULL, quantity = EXCLUDED.quantity
    + CASE WHEN reservation.status = 'released' THEN reservation.shipped_quantity ELSE reservation.quantity END
"""
SHIFT = f"""
WITH asked AS (
    SELECT variant, warehouse, units FROM jsonb_to_recordset($1::jsonb) AS x(variant uuid, warehouse uuid, units bigint)
), locked AS (
    SELECT level.id, asked.units, {FREE} AS free, oversell OR NOT tracked AS endless
    FROM stock_level AS level JOIN asked USING (variant, warehouse)
    ORDER BY level.variant, level.warehouse FOR UPDATE OF level
), enough AS (
    SELECT bool_and(units <= 0 OR free >= units OR endless) AND count(*) = (SELECT count(*) FROM asked) AS yes
    FROM locked
), moved AS (
    UPDATE stock_level AS level SET allocated = level.allocated + locked.units, updated_at = $2
    FROM locked WHERE level.id = locked.id AND (SELECT yes FROM enough)
)
SELECT yes FROM enough
"""  # noqa: S608 - constants


async def allotted_of(order_id: UUID) -> list[Allotted]:
    return [Allotted(**row) for row in await tenants.connection().fetch(ALLOTTED, order_id)]


async def free_units_of(variants: Iterable[UUID]) -> dict[tuple[UUID, UUID], int | None]:
    """By variant and warehouse, what could be promised now; None where nobody counts. Paused warehouses are missing."""
    rows = await tenants.connection().fetch(THERE, list(variants))
    return {(row["variant"], row["warehouse"]): None if row["endless"] else row["units"] for row in rows}


async def move_promises(order_id: UUID, moves: Sequence[Moving]) -> None:
    """Raises GoneMeanwhile, and then the caller keeps nothing. Last before COMMIT, with the order's row locked."""
    database, shift = tenants.connection(), Counter[tuple[UUID, UUID]]()
    for move in moves:
        shift[move.variant, move.source] -= move.units
        shift[move.variant, move.target] += move.units
    await database.executemany(TAKE_OUT, [(move.order_line, move.source, move.units) for move in moves])
    await database.executemany(
        PUT_IN,
        [
            (new_id(), order_id, move.order_line, move.variant, move.target, move.units, now())
            for move in moves
        ],
    )  # fmt: skip
    asked = [
        {"variant": variant, "warehouse": place, "units": units} for (variant, place), units in shift.items() if units
    ]
    if asked and not await database.fetchval(SHIFT, msgspec.json.encode(asked).decode(), now()):
        raise GoneMeanwhile
