"""From an order to a question of routing and back: what is wanted, who has it, and which promises move.

Not a flow: planning and simulating both ask with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import tenants
from app import freight, fulfillment, inventory
from app.fulfillment import ENDLESS, Need, Place, Route, Rules, WarehouseFacts
from app.inventory import Allotted, Moving
from app.kernel.clock import now

Levels = dict[tuple[UUID, UUID], int]
GIFTS = "SELECT id FROM order_line WHERE id = ANY($1::uuid[]) AND gift IS NOT NULL"
PRODUCTS = "SELECT id, product FROM variant WHERE id = ANY($1::uuid[])"


def place_of(facts: WarehouseFacts) -> Place:
    return Place(
        id=facts.id, name=facts.name, country=facts.country, region=facts.region, parcel_amount=facts.parcel_amount,
        position=facts.position, active=facts.status == "active", cutoff_minute=facts.cutoff_minute,
    )  # fmt: skip


def minute_now() -> int:
    """Of the store's day."""
    local = now().astimezone(ZoneInfo(tenants.current().time_zone))
    return local.hour * 60 + local.minute


async def decide(
    allotted: Sequence[Allotted], ship_to: Mapping[str, object], rules: Rules, places: Sequence[Place]
) -> Route:
    """Where the goods of a paid order leave from, if its own units count as free in the warehouse that has them."""
    levels = await levels_with(allotted)
    needs = await needs_of(allotted)
    return fulfillment.route(needs, levels, places, freight.Destination.of(ship_to), rules, minute=minute_now())


async def needs_of(allotted: Sequence[Allotted]) -> list[Need]:
    """What was lent for a live session stays where it was lent from; a gift goes where the goods are."""
    variants = list({part.variant for part in allotted})
    products = {row["id"]: row["product"] for row in await tenants.connection().fetch(PRODUCTS, variants)}
    lines: dict[UUID, list[Allotted]] = defaultdict(list)
    for part in allotted:
        lines[part.order_line].append(part)
    gifts = {row["id"] for row in await tenants.connection().fetch(GIFTS, list(lines))}
    return [
        Need(
            line, parts[0].variant, products[parts[0].variant], sum(part.units for part in parts),
            only=next((part.warehouse for part in parts if part.lent and line not in gifts), None), gift=line in gifts,
        )
        for line, parts in lines.items()
    ]  # fmt: skip


async def levels_with(allotted: Iterable[Allotted]) -> Levels:
    parts = list(allotted)
    free = await inventory.free_units_of({part.variant for part in parts})
    levels = {place: ENDLESS if units is None else units for place, units in free.items()}
    for part in parts:
        place = part.variant, part.warehouse
        if levels.get(place, 0) < ENDLESS:
            levels[place] = levels.get(place, 0) + part.units
    return levels


def moves_to(found: Route, allotted: Sequence[Allotted]) -> list[Moving]:
    """What has to move so that every line is promised from where it leaves."""
    surplus = {(part.order_line, part.warehouse): part.units for part in allotted}
    variants = {part.order_line: part.variant for part in allotted}
    lacking: dict[tuple[UUID, UUID], int] = {}
    for share in found.shares:
        there = surplus.pop((share.line, share.warehouse), 0)
        if share.units > there:
            lacking[share.line, share.warehouse] = share.units - there
        elif share.units < there:
            surplus[share.line, share.warehouse] = there - share.units
    return [move for (line, target), units in lacking.items() for move in _from(surplus, variants, line, target, units)]


def _from(
    surplus: dict[tuple[UUID, UUID], int], variants: Mapping[UUID, UUID], line: UUID, target: UUID, units: int
) -> Iterable[Moving]:
    for place, there in sorted(surplus.items()):
        if place[0] == line and there and units:
            share = min(there, units)
            surplus[place] -= share
            units -= share
            yield Moving(line, variants[line], place[1], target, share)
