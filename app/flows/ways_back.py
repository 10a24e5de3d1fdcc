"""Goods that could not be stopped: the store decides how they come back, and the shopper is told.

Three journeys of one transaction each: the decision, reading what is to be done once the goods have left or are back,
and writing down that it was done. Between the last two stand `request_aftersale` or `request_refund`, each in its own
transaction; whoever dies in between does it again and finds that it was done.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import aftersales, fulfillment, orders
from app.flows.aftersale_quantities import askable_lines
from app.flows.aftersale_wish import Wish, WishedLine
from app.flows.presale_mail import tell as tell_shopper
from app.flows.way_back_news import post_due
from app.flows.work_order_steps import locked, tell
from app.fulfillment import Way, WayBack, trouble
from app.payments import RefundLine

REASON = "no_longer_wanted"
CAME_BACK = "came_back"  # why money goes back that waited for its parcel


@dataclass(frozen=True, slots=True)
class Following:
    """What a decision asks for now: a request for the shopper, or units to be paid back (all there is when none)."""

    way_back: WayBack
    wish: Wish | None
    lines: list[RefundLine]


async def choose_way_back(work_order_id: UUID, way: Way, *, by: str) -> WayBack:
    """Raises NotFound, NothingRefused."""
    async with tenants.transaction():
        order, work_order = await locked(work_order_id)
        chosen = await fulfillment.choose_way_back(work_order_id, way, by=by)
        for one in await fulfillment.exceptions_of(order.id):
            if (one.kind, one.subject) == (trouble.FAILED_INTERCEPT, str(work_order_id)):
                await fulfillment.resolve_exception(one.id, by=by, deed=f"way_back_{way}")
        await tell(order, f"way_back_{way}", work_order.reference, actor=by)
        await tell_shopper(order, f"way_back.{way}")
        await post_due(order.id)
        return await fulfillment.find_way_back(chosen)


async def way_to_follow(way_back_id: UUID) -> Following | None:
    """None when it was followed, or is not due (any more)."""
    async with tenants.transaction():
        order = await orders.lock((await fulfillment.find_way_back(way_back_id)).order_id)
        if way_back_id not in await fulfillment.due_ways_back(order.id):
            return None
        one = await fulfillment.find_way_back(way_back_id)
        if one.way == "at_the_door":
            return Following(one, None, await _lines(one))
        left = {line.id: line.left for line in await askable_lines(order)}
        wished = [WishedLine(line, min(units, left.get(line, 0))) for line, units in one.units.items()]
        return Following(one, Wish("return", REASON, "", [line for line in wished if line.quantity > 0]), [])


async def way_followed(way_back_id: UUID, *, aftersale: UUID | None = None, refused: str = "") -> None:
    """Done. A request somebody opened for it before counts; a refusal without one is for a person."""
    async with tenants.transaction():
        one = await fulfillment.find_way_back(way_back_id)
        await orders.lock(one.order_id)
        if one.way == "return" and aftersale is None:
            aftersale = await _opened_before(one)
        await fulfillment.follow_way_back(way_back_id, aftersale)
        if refused and aftersale is None:
            await fulfillment.raise_exception(
                trouble.FAILED_INTERCEPT, order_id=one.order_id, params={"reason": refused, "purpose": one.purpose}
            )


async def _lines(one: WayBack) -> list[RefundLine]:
    """None, which means everything, when the whole order was called off and the last of what was sent came back."""
    back = {
        way.work_order for way in await fulfillment.ways_back_of(one.order_id) if way.way == one.way and way.done_at
    }
    others = [
        each
        for each in await fulfillment.work_orders_of(one.order_id)
        if each.status != "canceled" and each.id not in (one.work_order, *back)
    ]
    if one.whole and not others:
        return []
    return [RefundLine(line, units) for line, units in one.units.items()]


async def _opened_before(one: WayBack) -> UUID | None:
    """About some of these goods, by the store or by the shopper, who was quicker."""
    for case in await aftersales.of_order(one.order_id):
        stands = case.kind == "return" and case.status not in ("canceled", "declined")
        if stands and {line.order_line for line in await aftersales.lines_of(case.id)} & set(one.units):
            return case.id
    return None
