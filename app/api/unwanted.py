"""Taking units out of an order that goes on."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath
from msgspec import Meta

from app.api.bodies import answer, read_body
from app.api.described import described
from app.api.order_shapes import Order, order_shown
from app.api.orders import own_order
from app.flows.refund_unsent import NothingToStop, ask_to_refund
from app.flows.request_refund import NobodyToCredit, NothingToRefund, UnitsAtWarehouse, request_refund
from app.flows.unsent_goods import UnitsHaveLeft
from app.flows.unwanted_units import AskedTooOften, NothingToTakeOut, read_unwanted
from app.flows.work_order_steps import TooLateToStop
from app.fulfillment import AlreadyStopping
from app.kernel.errors import NotFound


class UnwantedLine(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """So many units of one line of the order; at most its `unsent`."""

    line: UUID
    units: Annotated[int, Meta(ge=1, le=999_999)]


class UnwantedUnits(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the shopper does not want any more. Whoever wants nothing of it calls the order off instead."""

    lines: Annotated[list[UnwantedLine], Meta(min_length=1, max_length=100)]


class WantsNothing(NothingToTakeOut):
    """Nothing of the order would be left."""

    code = "orders.wants_nothing"
    status = 422
    message = "Nothing would be left of this order. Call it off instead."


@post(
    "/orders/{number:str}/unwanted",
    **described(
        "Take units out of an order", takes=UnwantedUnits, gives=Order, bearer=True, key="optional",
        refuses=(
            NotFound, NothingToTakeOut, UnitsHaveLeft, AlreadyStopping, AskedTooOften, TooLateToStop, NothingToStop,
            NothingToRefund, NobodyToCredit, UnitsAtWarehouse, WantsNothing,
        ),
        later="A warehouse may be packing them and is asked first; `asked` says so, and nothing has changed yet",
    ),
)  # fmt: skip
async def take_out(request: Request[Any, Any, Any], number: FromPath[str]) -> Response[bytes]:
    """Their money goes back the way it came, and the rest is sent as ordered.

    What a warehouse may be packing, it is asked for first (202): look at the order again to see whether it gave them.
    """
    order, status = await own_order(request, number), 200
    wanted = await read_body(request, UnwantedUnits)
    wished = await read_unwanted(order.id, {one.line: one.units for one in wanted.lines})
    if wished.everything:
        raise WantsNothing
    wish = wished.wish
    try:
        await request_refund(
            order.id, lines=wish.lines, reason=wish.reason, source_id=wish.source, unsent_only=wish.unsent_only
        )
    except UnitsAtWarehouse:
        await ask_to_refund(order.id, wish, actor="shopper")
        status = 202
    return answer(await order_shown(await own_order(request, number)), status=status)
