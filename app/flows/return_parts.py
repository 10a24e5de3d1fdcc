"""Which warehouse gets which of the goods that come back: steps inside a transaction, not a journey.

Units go back where they left from. One parcel is easier to send than two, so the warehouse that sent most of these
lines gets what could go to several; what no carrier ever had goes along with the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import tenants
from app import aftersales, fulfillment, orders
from app.aftersales import Aftersale
from app.fulfillment import ComingBack

# Of these order lines, what left each warehouse, under which of our numbers, and what other requests take back there.
LEFT_FROM = """
SELECT work.warehouse, work.reference, packed.order_line, sum(packed.quantity)::integer AS units
FROM fulfillment_line AS packed
JOIN fulfillment AS parcel ON parcel.id = packed.fulfillment AND parcel.status <> 'canceled'
JOIN fulfillment_order AS work ON work.id = parcel.fulfillment_order
WHERE packed.order_line = ANY($1::uuid[]) AND parcel.tracking_number <> ''
GROUP BY work.warehouse, work.reference, packed.order_line
"""
COMING_ELSEWHERE = """
SELECT part.warehouse, asked.order_line, sum(line.quantity)::integer AS units
FROM warehouse_return_line AS line
JOIN warehouse_return AS part ON part.id = line.warehouse_return
JOIN aftersale_line AS asked ON asked.id = line.aftersale_line
JOIN aftersale ON aftersale.id = asked.aftersale AND aftersale.status NOT IN ('canceled', 'declined')
WHERE asked.order_line = ANY($1::uuid[]) AND asked.aftersale <> $2
GROUP BY part.warehouse, asked.order_line
"""


@dataclass(frozen=True, slots=True)
class Home:
    """A warehouse these goods left: its number for most of them, and the units by order line that can come back."""

    warehouse: UUID
    reference: str
    units: Mapping[UUID, int]


async def plan_parts(case: Aftersale) -> list[ComingBack]:
    """A part for each warehouse, written once; none when no carrier ever had the goods. Locks the order."""
    await orders.lock(case.order_id)
    if known := await fulfillment.parts_of(case.id):
        return known
    lines = await aftersales.lines_of(case.id)
    homes = await _homes(case.id, [line.order_line for line in lines])
    if not homes:
        return []
    names = {line.order_line: line.id for line in lines}
    parts = split({line.order_line: line.quantity for line in lines}, homes)
    for number, (home, units) in enumerate(parts, 1):
        reference = case.number if number == 1 else f"{case.number}-{number}"
        asked = {names[line]: count for line, count in units.items()}
        await fulfillment.plan_return(case.id, reference, home.warehouse, home.reference, asked)
    return await fulfillment.parts_of(case.id)


async def left_from(case: Aftersale) -> list[UUID]:
    """The warehouses these goods would go back to."""
    lines = await aftersales.lines_of(case.id)
    homes = await _homes(case.id, [line.order_line for line in lines])
    parts = split({line.order_line: line.quantity for line in lines}, homes) if homes else []
    return [home.warehouse for home, _units in parts]


def split(asked: Mapping[UUID, int], homes: Sequence[Home]) -> list[tuple[Home, dict[UUID, int]]]:
    """The units each warehouse gets, the one that sent most of them first."""
    left = dict(asked)
    ordered = sorted(homes, key=lambda home: (-_together(home, asked), home.reference))
    parts: list[tuple[Home, dict[UUID, int]]] = []
    for home in ordered:
        taken = {line: min(count, home.units.get(line, 0)) for line, count in left.items()}
        parts.append((home, {line: count for line, count in taken.items() if count > 0}))
        left = {line: count - max(taken[line], 0) for line, count in left.items()}
    for line, count in left.items():
        if count:
            parts[0][1][line] = parts[0][1].get(line, 0) + count
    return [(home, units) for home, units in parts if units]


def _together(home: Home, asked: Mapping[UUID, int]) -> int:
    return sum(min(count, home.units.get(line, 0)) for line, count in asked.items())


async def _homes(aftersale: UUID, order_lines: Sequence[UUID]) -> list[Home]:
    database = tenants.connection()
    units: dict[UUID, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    most: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in await database.fetch(LEFT_FROM, order_lines):
        units[row["warehouse"]][row["order_line"]] += row["units"]
        most[row["warehouse"]][row["reference"]] += row["units"]
    for row in await database.fetch(COMING_ELSEWHERE, order_lines, aftersale):
        if row["warehouse"] in units:
            units[row["warehouse"]][row["order_line"]] -= row["units"]
    return [
        Home(place, max(sorted(names), key=lambda one: names[one]), units[place])
        for place, names in ((place, most[place]) for place in units)
    ]
