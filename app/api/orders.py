"""Orders of the token's owner: following them, and calling one off."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

import tenants
from app import orders
from app.api.admission import visit_of
from app.api.bodies import answer
from app.api.described import described
from app.api.order_shapes import Order, Orders, card_shown, order_shown
from app.api.queries import own_orders
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.stop_work_order import ask_to_stop_order
from app.fulfillment import AlreadyStopping
from app.kernel.errors import NotFound

AnyRequest = Request[Any, Any, Any]


class OrderController(Controller):
    @get("/orders", **described("Own orders", gives=Orders, bearer=True))
    async def list_own(self, request: AnyRequest, after: FromQuery[str] = "") -> Response[bytes]:
        """20 at a time."""
        visit = await visit_of(request)
        async with tenants.transaction():
            found = await own_orders(visit.customer_id, visit.visitor_id, after=after)
        return answer(Orders(items=[card_shown(one) for one in found.items], next=found.next))

    @get("/orders/{number:str}", **described("One order", gives=Order, bearer=True, refuses=(NotFound,)))
    async def show(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """With its lines, parcels and its place in a campaign."""
        return answer(await order_shown(await own_order(request, number)))

    @post(
        "/orders/{number:str}/cancellation",
        **described(
            "Call an order off", gives=Order, bearer=True, key="optional",
            refuses=(NotFound, TooLateToCancel, AlreadyStopping),
            later="A warehouse has it already and is asked to stop it; `asked` says so, and nothing has changed yet",
        ),
    )  # fmt: skip
    async def cancel(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """What was paid goes back the way it came.

        What a warehouse has already, it is asked to stop first (202): look at the order again to see whether it did.
        Asking twice asks once.
        """
        order, status = await own_order(request, number), 200
        try:
            await cancel_order(order.id, actor="shopper")
        except TooLateToCancel:
            await ask_to_stop_order(order.id, actor="shopper", cause="canceled_by_shopper")
            status = 202
        return answer(await order_shown(await own_order(request, number)), status=status)


async def own_order(request: AnyRequest, number: str) -> orders.Order:
    """Raises SignInNeeded without a token, NotFound for somebody else's."""
    visit = await visit_of(request)
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    if not order.belongs_to(visit.visitor_id, visit.customer_id):
        raise NotFound
    return order
