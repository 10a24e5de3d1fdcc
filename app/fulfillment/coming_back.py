"""Goods on their way back to the warehouses they left. Each warehouse knows its part under a number of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import tenants
from app.kernel.clock import now
from app.kernel.errors import NotFound
from app.kernel.ids import new_id

PLAN = """
INSERT INTO warehouse_return (id, aftersale, warehouse, reference, order_reference, created_at)
VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT DO NOTHING RETURNING id
"""
READ = """
SELECT part.id, part.aftersale, part.warehouse, part.reference, part.order_reference, part.warehouse_ref,
    part.announced_at, part.told_number, part.inspected_at, line.id AS line, line.aftersale_line, line.quantity,
    line.good_quantity, line.damaged_quantity
FROM warehouse_return AS part LEFT JOIN warehouse_return_line AS line ON line.warehouse_return = part.id
"""
BY_REFERENCE = f"{READ} WHERE part.reference = $1 ORDER BY line.id"
OF_AFTERSALE = f"{READ} WHERE part.aftersale = $1 ORDER BY part.reference, line.id"


@dataclass(frozen=True, slots=True)
class BackLine:
    """Units of one line of the request that come back to this warehouse, and what was found of them."""

    id: UUID
    quantity: int
    good: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What one warehouse is told, or will be; `reference` is what it knows the return by.

    `lines` are by the line of the request; `told_number` is the tracking number it heard last.
    """

    id: UUID
    aftersale: UUID
    warehouse: UUID
    reference: str
    order_reference: str
    warehouse_ref: str
    announced_at: datetime | None
    told_number: str
    inspected_at: datetime | None
    lines: dict[UUID, BackLine] = field(default_factory=dict)


async def plan_return(
    aftersale: UUID, reference: str, warehouse: UUID, order_reference: str, units: Mapping[UUID, int]
) -> None:
    """One warehouse's part: so many units by line of the request. Planned twice is planned once."""
    part = await tenants.connection().fetchval(PLAN, new_id(), aftersale, warehouse, reference, order_reference)
    if part is None:
        return
    await tenants.connection().executemany(
        "INSERT INTO warehouse_return_line (id, warehouse_return, aftersale_line, quantity) VALUES ($1, $2, $3, $4)",
        [(new_id(), part, line, count) for line, count in units.items()],
    )


async def return_of(reference: str) -> ComingBack:
    """Raises NotFound."""
    found = await _read(BY_REFERENCE, reference)
    if not found:
        raise NotFound
    return found[0]


async def parts_of(aftersale: UUID) -> list[ComingBack]:
    """Every warehouse that waits for goods of this request, or looked at them."""
    return await _read(OF_AFTERSALE, aftersale)


async def note_announced(reference: str, warehouse_ref: str, told_number: str) -> None:
    """The warehouse expects the goods, in the parcel it was told of."""
    await tenants.connection().execute(
        "UPDATE warehouse_return SET announced_at = coalesce(announced_at, now()), warehouse_ref = $2, told_number = $3"
        " WHERE reference = $1",
        reference, warehouse_ref, told_number,
    )  # fmt: skip


async def note_inspected(part: ComingBack, found: Mapping[UUID, tuple[int, int]]) -> None:
    """Good and damaged units by line of the request."""
    await tenants.connection().execute("UPDATE warehouse_return SET inspected_at = $2 WHERE id = $1", part.id, now())
    await tenants.connection().executemany(
        "UPDATE warehouse_return_line SET good_quantity = $2, damaged_quantity = $3 WHERE id = $1",
        [(part.lines[line].id, *counts) for line, counts in found.items()],
    )


async def _read(query: str, value: object) -> list[ComingBack]:
    parts: dict[UUID, ComingBack] = {}
    for row in await tenants.connection().fetch(query, value):
        facts = {name: row[name] for name in ComingBack.__dataclass_fields__ if name != "lines"}
        part = parts.setdefault(row["id"], ComingBack(**facts))
        if row["line"]:
            part.lines[row["aftersale_line"]] = BackLine(
                row["line"], row["quantity"], row["good_quantity"], row["damaged_quantity"]
            )
    return list(parts.values())
