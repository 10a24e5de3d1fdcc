"""What an inspection of returned goods changes: the request's step, the count of each line, and the shelf.

Not a flow: a person at the desk and a warehouse both report what they found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from app import aftersales, inventory
from app.aftersales import IllegalMove, Wait
from app.flows.aftersale_steps import Desk, take_step, to_inspect
from app.inventory import TakenBack


async def inspect(desk: Desk, found: Mapping[UUID, tuple[int, int]], *, actor: str) -> None:
    """Good units go back on the shelf, damaged ones are scrap, what is missing is neither.

    Counting is possible once, and also after the money went back by itself: the goods are here all the same.
    Raises IllegalMove. Call it last before COMMIT.
    """
    case = desk.case
    if case.status == "received":
        await take_step(desk, "inspecting", cause="inspected", actor=actor, then=_next(desk))
    elif case.status in ("refunded", "exchanged") and await _came_back(desk):
        await aftersales.note(case.id, cause="inspected", actor=actor)
    else:
        raise IllegalMove(at=case.status, to="inspecting")
    if not await aftersales.record_inspection(case.id, found):
        raise IllegalMove(at=case.status, to="inspecting")
    lines = await aftersales.lines_of(case.id)
    taken = [TakenBack(line.id, line.order_line, line.variant, *found[line.id]) for line in lines]
    await inventory.take_back(taken, actor=actor)


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
