"""Units a shopper does not want any more, out of an order that goes on: which ones, and what they give back.

One short transaction, which changes nothing: it reads the wish. What follows is `request_refund` for units nobody
has, and `ask_to_refund` for those a warehouse may be packing, which it is asked for first. Whoever wants nothing of an
order calls it off.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

import msgspec

import tenants
from app import fulfillment, inventory, orders, payments, pickups
from app.flows import campaign_seats, giving_back
from app.flows.refund_wish import RefundWish
from app.flows.unsent_goods import UnitsHaveLeft
from app.fulfillment import AlreadyStopping
from app.kernel.errors import InvalidInput, Refusal
from app.kernel.i18n import N_
from app.orders import Order
from app.payments import RefundLine

REASON = "not_wanted"
MOST_REFUSED = 3  # times a warehouse was asked in vain; more is a matter for the store
REFUSED = """
SELECT count(DISTINCT stop.params->>'source') FROM fulfillment_stop AS stop
JOIN fulfillment_order AS work ON work.id = stop.fulfillment_order
WHERE work.order_id = $1 AND stop.purpose = 'refund' AND stop.status = 'failed' AND stop.asked_by = 'shopper'
"""


class NothingToTakeOut(Refusal):
    """It is not paid, it is over, it waits for its group, it is handed out by somebody, or everything has left."""

    code = "orders.nothing_to_take_out"
    status = 409
    message = "Nothing can be taken out of this order any more. What has arrived can be sent back."


class AskedTooOften(Refusal):
    """The warehouse said no each time."""

    code = "orders.asked_too_often"
    status = 409
    message = "The warehouse was asked several times already and could not do it. Write to the store."


class Unsent(msgspec.Struct, frozen=True):
    """A line with the units of it that have not left."""

    line: orders.Line
    units: int


class Unwanted(msgspec.Struct, frozen=True):
    """What was wished: `amount` goes back for it. `everything` means that nothing of the order would be left."""

    wish: RefundWish
    amount: int
    everything: bool


async def unsent_of(order: Order) -> list[Unsent]:
    """Inside an open transaction. Empty where nothing can be taken out; gifts go with their goods."""
    if order.status != "placed" or not order.is_paid or order.total_amount <= 0 or order.is_replacement:
        return []
    if await campaign_seats.waits(order) or await pickups.pickup_of(order.id):
        return []
    standing = await inventory.standing_of(order.id)
    left = {part.order_line: part.quantity for part in await giving_back.left_of(order.id)}
    found = [
        Unsent(line, min(standing[line.id].promised, left.get(line.id, 0)))
        for line in await orders.lines_of(order.id)
        if line.gift is None and line.id in standing
    ]
    return [one for one in found if one.units > 0]


async def read_unwanted(order_id: UUID, units: Mapping[UUID, int]) -> Unwanted:
    """Raises NothingToTakeOut, UnitsHaveLeft, AlreadyStopping, AskedTooOften, InvalidInput."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        unsent = {one.line.id: one for one in await unsent_of(order)}
        if not unsent:
            raise NothingToTakeOut
        if await fulfillment.stopping(order_id):
            raise AlreadyStopping
        if await tenants.connection().fetchval(REFUSED, order_id) >= MOST_REFUSED:
            raise AskedTooOften
        lines = await _wished(order, units, unsent)
        parts = payments.choose(await giving_back.left_of(order_id), lines, 0, await giving_back.terms_of(order))
        said = "&".join(f"{line.order_line}={line.quantity}" for line in lines)
        wish = RefundWish(uuid5(order_id, f"unwanted:{order.event_seq}:{said}"), lines, reason=REASON, unsent_only=True)
        return Unwanted(wish, sum(part.amount for part in parts), await _is_everything(order, lines))


async def _wished(order: Order, units: Mapping[UUID, int], unsent: Mapping[UUID, Unsent]) -> list[RefundLine]:
    titles = {line.id: line.title for line in await orders.lines_of(order.id)}
    wished = [(line, count) for line, count in units.items() if count > 0]
    if not wished or any(line not in titles for line, _count in wished):
        raise InvalidInput({"lines": N_("Say how many of which goods you do not want.")})
    for line, count in wished:
        there = unsent[line].units if line in unsent else 0
        if count > there:
            raise UnitsHaveLeft(title=titles[line], left=there)
    return [RefundLine(line, count) for line, count in sorted(wished)]


async def _is_everything(order: Order, lines: list[RefundLine]) -> bool:
    if order.fulfillment_status != "unfulfilled":
        return False
    wished = {line.order_line: line.quantity for line in lines}
    gifts = {line.id for line in await orders.lines_of(order.id) if line.gift}
    left = [part for part in await giving_back.left_of(order.id) if part.order_line not in gifts]
    return all(wished.get(part.order_line, 0) >= part.quantity for part in left)
