"""What an inspection of returned goods changes: the request's step, the count of each line, and the shelf.

Not a flow: a person at the desk and a warehouse both report what they found. Where goods come back to several
warehouses each counts its own part, and what it found is on its shelf at once; the request goes on with the last one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import msgspec

from app import aftersales, fulfillment, inventory
from app.aftersales import IllegalMove, Line, Wait
from app.flows.aftersale_steps import Desk, take_step, to_inspect
from app.fulfillment import ComingBack
from app.inventory import TakenBack
from app.kernel.errors import InvalidInput

Found = Mapping[UUID, tuple[int, int]]  # good and damaged units by line of the request


async def inspect(desk: Desk, found: Found, *, actor: str) -> None:
    """Good units go back on the shelf, damaged ones are scrap, what is missing is neither.

    Counting is possible once, and also after the money went back by itself: the goods are here all the same. What a
    warehouse has counted of it already is on its shelf. Raises IllegalMove. Call it last before COMMIT.
    """
    parts, lines = await fulfillment.parts_of(desk.case.id), await aftersales.lines_of(desk.case.id)
    rest = _not_counted(parts, found)
    await _finish(desk, found, actor=actor)
    await inventory.take_back(_at_their_shelves(parts, lines, rest), actor=actor)


async def inspect_part(desk: Desk, coming: ComingBack, found: Found, *, actor: str) -> None:
    """One warehouse counted what came back to it. Raises IllegalMove. Call it last before COMMIT."""
    await fulfillment.note_inspected(coming, found)
    parts, lines = await fulfillment.parts_of(desk.case.id), await aftersales.lines_of(desk.case.id)
    if all(part.inspected_at for part in parts):
        counted = {line.id: _counted(parts, line.id) for line in lines}
        await _finish(desk, dict(found) if len(parts) == 1 else counted, actor=actor)
    else:
        await _require_countable(desk)
        await aftersales.note(desk.case.id, cause="part_inspected", actor=actor)
    alone = len(parts) == 1
    await inventory.take_back(
        [_taken(line, found[line.id], None if alone else coming) for line in lines if line.id in found], actor=actor
    )


def due_at(coming: ComingBack, lines: list[Line]) -> list[Line]:
    """The lines of a request as far as they come back to this warehouse."""
    if not coming.lines:
        return lines
    return [
        msgspec.structs.replace(line, quantity=coming.lines[line.id].quantity)
        for line in lines
        if line.id in coming.lines
    ]


def _counted(parts: list[ComingBack], line: UUID) -> tuple[int, int]:
    """What warehouses found of one line so far."""
    counted = [part.lines[line] for part in parts if part.inspected_at and line in part.lines]
    return sum(one.good for one in counted), sum(one.damaged for one in counted)


def _not_counted(parts: list[ComingBack], found: Found) -> dict[UUID, tuple[int, int]]:
    """What is left of a count of everything. Raises InvalidInput when warehouses counted more than that already."""
    rest: dict[UUID, tuple[int, int]] = {}
    for line, (good, damaged) in found.items():
        known_good, known_damaged = _counted(parts, line)
        if good < known_good or damaged < known_damaged:
            raise InvalidInput({"lines": "A warehouse has counted more of it already, and that is on its shelf."})
        rest[line] = (good - known_good, damaged - known_damaged)
    return rest


def _at_their_shelves(parts: list[ComingBack], lines: list[Line], rest: Found) -> list[TakenBack]:
    """Who counts by hand does not say where. Each warehouse that has not looked yet gets what was to come to it."""
    waiting = [part for part in parts if not part.inspected_at] if len(parts) > 1 else []
    taken: list[TakenBack] = []
    for line in lines:
        good, damaged = rest[line.id]
        for part in waiting:
            room = part.lines[line.id].quantity if line.id in part.lines else 0
            here = (min(good, room), min(damaged, room - min(good, room)))
            if any(here):
                taken.append(_taken(line, here, part))
            good, damaged = good - here[0], damaged - here[1]
        if good or damaged:
            taken.append(_taken(line, (good, damaged), None))
    return taken


def _taken(line: Line, found: tuple[int, int], part: ComingBack | None) -> TakenBack:
    """Alone it goes where the units left from; as a part of several, to the warehouse of that part."""
    if part is None:
        return TakenBack(line.id, line.order_line, line.variant, *found)
    return TakenBack(part.lines[line.id].id, line.order_line, line.variant, *found, warehouse=part.warehouse)


async def _finish(desk: Desk, found: Found, *, actor: str) -> None:
    await _require_countable(desk)
    case = desk.case
    if case.status == "received":
        await take_step(desk, "inspecting", cause="inspected", actor=actor, then=_next(desk))
    else:
        await aftersales.note(case.id, cause="inspected", actor=actor)
    if not await aftersales.record_inspection(case.id, found):
        raise IllegalMove(at=case.status, to="inspecting")


async def _require_countable(desk: Desk) -> None:
    case = desk.case
    if case.status != "received" and not (case.status in ("refunded", "exchanged") and await _came_back(desk)):
        raise IllegalMove(at=case.status, to="inspecting")


def _next(desk: Desk) -> Wait:
    """A dispute keeps its clock; otherwise the store has its days again, to decide."""
    if desk.case.is_disputed and desk.case.deadline_at:
        return replace(to_inspect(desk), who="staff", until=desk.case.deadline_at, default="dispute_lapsed")
    return to_inspect(desk)


async def _came_back(desk: Desk) -> bool:
    """Whether the goods reached the store at all; money for goods that stay brings nothing to count."""
    if desk.case.settled_directly and desk.case.tracking_number:  # it was on its way when the money went back
        return True
    return any(event.to_status == "received" for event in await aftersales.events_of(desk.case.id))
