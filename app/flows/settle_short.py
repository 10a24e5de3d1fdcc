"""The units that a warehouse misses are sent from another one, under a new reference; or they are left out.

One transaction each; pressing twice finds nothing missing any more. The promise moves to the other warehouse or is
given up, and what the first one did not find is written off there. Units that cost money are `request_refund`'s to
leave out; gifts, replacements, and goods whose money went back before have nothing to give back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

import tenants
from app import freight, fulfillment, inventory, orders
from app.flows import giving_back, order_routing, unsent_goods
from app.flows.work_order_steps import locked, push
from app.fulfillment import ENDLESS, Route, WantedLine, WorkOrder
from app.inventory import Allotted, Moving
from app.kernel.errors import Refusal


class NothingMissing(Refusal):
    """Somebody decided already, or the units came all the same."""

    code = "fulfillment.nothing_missing"
    status = 409
    message = "Nothing of this is missing any more."


class NobodyHasIt(Refusal):
    """No other warehouse can send all of it."""

    code = "fulfillment.nobody_has_it"
    status = 409
    message = "No other warehouse has all that is missing. Nothing was moved."


async def reroute_short(work_order_id: UUID, *, by: str) -> None:
    """Raises NotFound, NothingMissing, NobodyHasIt, GoneMeanwhile."""
    async with tenants.transaction():
        order, work_order, missing = await _locked_short(work_order_id)
        short = [part for part in await inventory.allotted_of(order.id) if _is_short(part, work_order, missing)]
        found = await _elsewhere(order, work_order, short, missing)
        variants = {part.order_line: part.variant for part in short}
        await _plan(order, found)
        await fulfillment.take_off_missing(work_order, missing)
        home = work_order.warehouse
        moves = [Moving(line, variants[line], home, place, units) for line, place, units in found.shares]
        await inventory.move_promises(order.id, moves)
        await _write_off(order.id, work_order, missing, variants, by)


class StillPaidFor(Refusal):
    """What somebody paid for is not left out without its money."""

    code = "fulfillment.still_paid_for"
    status = 409
    message = "Something of this was paid for. Give the money for it back instead."


async def leave_out_missing(work_order_id: UUID, *, by: str) -> None:
    """Raises NotFound, NothingMissing, StillPaidFor."""
    async with tenants.transaction():
        order, work_order, missing = await _locked_short(work_order_id)
        left = await giving_back.left_of(order.id) if order.is_paid else []
        if any(part.without_freight > 0 for part in left if part.order_line in missing):
            raise StillPaidFor
        variants = {line.id: line.variant for line in await orders.lines_of(order.id)}
        await fulfillment.take_off_missing(work_order, missing)
        await inventory.free_units({(line, work_order.warehouse): units for line, units in missing.items()})
        await _write_off(order.id, work_order, missing, variants, by)
        await unsent_goods.move_on(order, cause="missing_left_out")


async def _locked_short(work_order_id: UUID) -> tuple[orders.Order, WorkOrder, dict[UUID, int]]:
    """With what is missing of it, by line. Raises NotFound, NothingMissing."""
    order, work_order = await locked(work_order_id)
    missing = await missing_of(work_order)
    if not missing:
        raise NothingMissing
    return order, work_order, missing


async def _write_off(
    order_id: UUID, work_order: WorkOrder, missing: Mapping[UUID, int], variants: Mapping[UUID, UUID], by: str
) -> None:
    lost = Counter[tuple[UUID, UUID]]()
    for line, units in missing.items():
        lost[variants[line], work_order.warehouse] += units
    await inventory.write_off(lost, about=order_id, actor=by)


async def missing_of(work_order: WorkOrder) -> dict[UUID, int]:
    found = (await fulfillment.missing_units(work_order.order_id)).get(work_order.id, {})
    return {line: units for (line, _warehouse), units in found.items()}


def _is_short(part: Allotted, work_order: WorkOrder, missing: Mapping[UUID, int]) -> bool:
    """What was lent for a live session does not move to another shelf."""
    here = part.warehouse == work_order.warehouse and not part.lent
    return here and missing.get(part.order_line, part.units + 1) <= part.units


async def _elsewhere(
    order: orders.Order, work_order: WorkOrder, short: Sequence[Allotted], missing: Mapping[UUID, int]
) -> Route:
    if len(short) < len(missing):
        raise NobodyHasIt
    needs = await order_routing.needs_of([part._replace(units=missing[part.order_line]) for part in short])
    free = await inventory.free_units_of({part.variant for part in short})
    levels = {
        place: ENDLESS if units is None else units for place, units in free.items() if place[1] != work_order.warehouse
    }
    places = [order_routing.place_of(facts) for facts in await fulfillment.warehouses()]
    rules = (await fulfillment.routing_policy()).rules
    to = freight.Destination.of(order.ship_to)
    found = fulfillment.route(needs, levels, places, to, rules, minute=order_routing.minute_now())
    if not found.shares:
        raise NobodyHasIt
    return found


async def _plan(order: orders.Order, found: Route) -> None:
    skus = {line.id: line.sku for line in await orders.lines_of(order.id)}
    for place in found.places:
        lines = [WantedLine(one.line, skus[one.line], one.units) for one in found.shares if one.warehouse == place]
        reference = await fulfillment.next_reference(order.id, order.number)
        planned = await fulfillment.plan(order.id, place, reference, lines, why=found)
        if planned:
            await push(planned)
