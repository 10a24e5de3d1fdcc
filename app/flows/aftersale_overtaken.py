"""Money that goes back without a request ends the requests about the same goods, so that nobody is paid twice.

Not a flow: it runs inside the transaction of the refund, under the order's lock, before anything is owed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from app import aftersales, orders
from app.flows.aftersale_steps import CUSTOMER, Desk, change_clock, settle_dispute, take_step, tell
from app.payments import Part

STORE = "merchant"


async def overtake(order: orders.Order, left: Sequence[Part], shelved: Mapping[UUID, int] | None = None) -> None:
    """`left` is what is left of each line afterwards, `shelved` the units that this refund puts on the shelf.

    A request whose goods have nothing left is over, also one that waits for its replacement or for the platform. One
    that has less left than was asked for goes on about the rest.
    """
    worth = {part.order_line: part.without_freight for part in left}
    policy = await aftersales.read_policy()
    for known in await aftersales.of_order(order.id):
        if known.closed_at is not None:
            continue
        desk = Desk(order, await aftersales.lock(known.id), policy)
        lines = await aftersales.lines_of(known.id)
        most = sum(max(min(line.worth_amount, worth.get(line.order_line, 0)), 0) for line in lines)
        if most == 0 and (desk.case.missing_amount or not any(worth.values())):
            await _end(desk, lines, shelved or {})
        elif most < desk.case.missing_amount:
            await _lower(desk, most)


async def _end(desk: Desk, lines: Sequence[aftersales.Line], shelved: Mapping[UUID, int]) -> None:
    await aftersales.record_overtaken(desk.case.id)
    await settle_dispute(desk)
    if desk.case.is_closed:
        await change_clock(desk, None, cause="refunded_directly", actor=STORE)
    else:
        await take_step(desk, "refunded", cause="refunded_directly", actor=STORE)
    if any(shelved.get(line.order_line) for line in lines):  # they are counted with this refund
        good = {line.id: (min(line.quantity, shelved.get(line.order_line, 0)), 0) for line in lines}
        await aftersales.record_inspection(desk.case.id, good)
    await tell(desk, "refunded_directly", (CUSTOMER,))


async def _lower(desk: Desk, most: int) -> None:
    await aftersales.lower_wish(desk.case.id, desk.case.refunded_amount + most)
    await aftersales.note(desk.case.id, cause="wish_lowered", actor=STORE)
    await tell(desk, "wish_lowered", (CUSTOMER,), amount=most)
