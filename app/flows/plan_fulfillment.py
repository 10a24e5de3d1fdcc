"""A paid order becomes work orders: one for each warehouse that the store's rules choose for its goods.

One transaction; safe to repeat. Its last step moves the promise made when the order was placed to the chosen
warehouses; if somebody else got those units meanwhile, it is planned again from where its goods were promised. The
reference the warehouse will know is the order's number and a count, so that a person on the telephone can read it out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import tenants
from app import fulfillment, inventory, orders
from app.flows import campaign_seats, leader_handing, order_holds, order_routing
from app.flows.arranging import arrange
from app.flows.work_order_steps import push
from app.fulfillment import Route, WantedLine
from app.inventory import Allotted, Moving

SHIPPED_LINES = "SELECT id, sku FROM order_line WHERE order_id = $1 AND requires_shipping ORDER BY line_number"


async def plan_fulfillment(order_id: UUID) -> None:
    """Plan what is to be sent and ask for it to be pushed. An order that nobody pays, or is closed, is left alone.

    What waits for its group or is held for another reason is planned on hold, and so is what a leader hands out.
    """
    try:
        await _plan(order_id, routed=True)
    except inventory.GoneMeanwhile:
        await _plan(order_id, routed=False)


async def _plan(order_id: UUID, *, routed: bool) -> None:
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.status != "placed" or order.payment_status not in orders.MAY_SHIP:
            return
        if await fulfillment.work_orders_of(order_id):
            return
        lines = {row["id"]: row["sku"] for row in await tenants.connection().fetch(SHIPPED_LINES, order_id)}
        allotted = [part for part in await inventory.allotted_of(order_id) if part.order_line in lines]
        waits_for = await _waits_for(order)
        policy = await fulfillment.routing_policy()
        by_leader = waits_for == leader_handing.BY_LEADER
        if not by_leader:
            await order_holds.examine(order, policy.holds)
            waits_for = waits_for or await fulfillment.first_hold(order_id)
        way, moves = await _route(order, allotted, policy) if routed and not by_leader else (Route(), [])
        await _write(order, _wanted(allotted, moves, lines), way, waits_for)
        await arrange(order_id)
        await inventory.move_promises(order_id, moves)


async def _waits_for(order: orders.Order) -> str:
    if await leader_handing.is_handed_over(order):
        return leader_handing.BY_LEADER
    return campaign_seats.WAITS_FOR_GROUP if await campaign_seats.waits(order) else ""


async def _route(
    order: orders.Order, allotted: Sequence[Allotted], policy: fulfillment.RoutingPolicy
) -> tuple[Route, list[Moving]]:
    """Where there is one warehouse there is nothing to decide."""
    places = [order_routing.place_of(facts) for facts in await fulfillment.warehouses()]
    if len(places) < 2 or not allotted:
        return Route(), []
    way = await order_routing.decide(allotted, order.ship_to, policy.rules, places)
    return way, order_routing.moves_to(way, allotted)


def _wanted(
    allotted: Sequence[Allotted], moves: Sequence[Moving], lines: dict[UUID, str]
) -> dict[UUID, list[WantedLine]]:
    """What each warehouse sends of this order. Lines without stock need no parcel."""
    units: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for part in allotted:
        units[part.warehouse, part.order_line] += part.units
    for move in moves:
        units[move.source, move.order_line] -= move.units
        units[move.target, move.order_line] += move.units
    wanted: dict[UUID, list[WantedLine]] = defaultdict(list)
    for line, sku in lines.items():
        for warehouse in sorted({place for place, of in units if of == line}):
            if count := units[warehouse, line]:
                wanted[warehouse].append(WantedLine(line, sku, count))
    return wanted


async def _write(order: orders.Order, wanted: dict[UUID, list[WantedLine]], way: Route, waits_for: str) -> None:
    for number, (warehouse, lines) in enumerate(sorted(wanted.items()), 1):
        reference = f"{order.number}-{number}"
        work_order = await fulfillment.plan(order.id, warehouse, reference, lines, waits_for=waits_for, why=way)
        if work_order and not waits_for:
            await push(work_order)
