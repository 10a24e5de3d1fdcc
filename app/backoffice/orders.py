"""Orders: the list, and one order with its payment, parcels, history and the receipt of who brought it."""

from __future__ import annotations

from uuid import UUID

import msgspec
from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import aftersales, attribution, commissions, fulfillment, orders
from app.backoffice import labels, queries_orders, refund_words, routing_words, substitution_words
from app.backoffice.frame import AnyRequest, show
from app.backoffice.order_page import read_order
from app.flows import order_search
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.retry_fulfillment import retry_fulfillment
from app.flows.stop_work_order import ask_to_stop_order
from app.identity import viewer_of
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.forms import read_form
from app.kernel.i18n import gettext as _
from app.kernel.pages import see_other

MORE = {"refund", "aftersale", "promoter", "from", "to", "min", "max", "item", "tag"}  # folded away unless asked


class SureForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sure: bool = False


class OrderController(Controller):
    path = "/orders"

    @get(permission="orders.read")
    async def index(
        self,
        request: AnyRequest,
        q: FromQuery[str] = "",
        status: FromQuery[str] = "",
        payment_status: FromQuery[str] = "",
        fulfillment_status: FromQuery[str] = "",
        refund: FromQuery[str] = "",
        aftersale: FromQuery[str] = "",
        item: FromQuery[str] = "",
        promoter: FromQuery[str] = "",
        tag: FromQuery[str] = "",
        after: FromQuery[str] = "",
        before: FromQuery[str] = "",
    ) -> Template:
        """The list. Dates and amounts are read from the query itself: `from` is no name for an argument."""
        filters = order_search.read_filters(request.query_params)
        viewer = viewer_of(request)
        async with tenants.transaction():
            page = await queries_orders.list_orders(filters, after=after, before=before)
            counted = await order_search.count(filters)
            views = await orders.views_for(viewer.id)
            promoters = await queries_orders.promoters()
        return await show(
            request, "orders/index.html", rows=page, filters=dict.fromkeys(order_search.NAMES, "") | filters,
            kept=order_search.query_of(filters), search_query=q, options=labels.options, promoters=promoters,
            counted=_counted(counted), asked=bool(filters.keys() & MORE), me=viewer.id,
            views=[
                {"id": view.id, "name": view.name, "owner": view.owner, "query": order_search.query_of(view.filters)}
                for view in views
            ],
        )  # fmt: skip

    @get("/{number:str}", permission="orders.read")
    async def show_order(self, request: AnyRequest, number: FromPath[str]) -> Template:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            context = await read_order(order)
        return await show(
            request,
            "orders/show.html",
            order=order,
            words=aftersales.words,
            commission_words=commissions.words,
            refund_words=refund_words,
            routing_words=routing_words,
            swap_words=substitution_words,
            rungs=attribution.RUNG_NAMES,
            outcomes=attribution.RUNG_OUTCOMES,
            **context,
        )

    @post("/{number:str}/cancel", permission="orders.write")
    async def cancel(self, request: AnyRequest, number: FromPath[str]) -> Redirect:
        order = await _confirmed(request, number)
        actor, cause = viewer_of(request).name, "canceled_by_merchant"
        try:
            await cancel_order(order.id, actor=actor, cause=cause)
        except TooLateToCancel:
            await ask_to_stop_order(order.id, actor=actor, cause=cause)
            said = _("The warehouse is asked to stop the order; it is canceled and paid back when it agrees")
            return see_other(f"/orders/{number}", flash=("info", said))
        return see_other(f"/orders/{number}", flash=("ok", _("The order is canceled")))

    @post("/{number:str}/work-orders/{work_order_id:uuid}/retry", permission="fulfillment.write")
    async def push_again(self, number: FromPath[str], work_order_id: FromPath[UUID]) -> Redirect:
        async with tenants.transaction():
            order = await orders.find_by_number(number)
            if work_order_id not in {work_order.id for work_order in await fulfillment.work_orders_of(order.id)}:
                raise NotFound
        await retry_fulfillment(work_order_id)
        return see_other(f"/orders/{number}", flash=("info", _("Sent to the warehouse again; it never ships twice")))


def _counted(count: int) -> str:
    """`1,000+` where counting stopped."""
    most = order_search.MOST_COUNTED
    return f"{most:,}+" if count > most else f"{count:,}"


async def _confirmed(request: AnyRequest, number: str) -> orders.Order:
    form = await read_form(request, SureForm)
    if not form.sure:
        raise InvalidInput({"sure": "Tick the box to confirm."})
    async with tenants.transaction():
        return await orders.find_by_number(number)


HANDLERS = [OrderController]
