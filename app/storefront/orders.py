"""A shopper's order: pay it, follow it, call it off. Open to its owner, or with the key of its link."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import aftersales, fulfillment, orders, payments, promotions, store
from app.flows.cancel_order import TooLateToCancel, cancel_order
from app.flows.order_timeline import timeline_of
from app.flows.postal_address import in_lines
from app.flows.price_words import paid_at_home
from app.flows.shopper_address import may_change
from app.flows.stop_work_order import ask_to_stop_order
from app.flows.unwanted_units import unsent_of
from app.kernel.formats import money
from app.kernel.i18n import N_, gettext
from app.kernel.pages import page, see_other
from app.storefront import queries
from app.storefront.campaign_kinds import facts_of_order
from app.storefront.price_rows import rows_of_order
from app.storefront.substitutions import offers_of
from app.storefront.ways import ways_of
from app.storefront.whose import order_address, order_of_visitor

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
CANCELED = N_("The order is canceled.")
ASKED = N_("The warehouse is asked to stop your order. When it does, the order is canceled and your money goes back.")
CANCELED_PAID = N_("The order is canceled. What you paid goes back the way it came.")


class OrderController(Controller):
    path = "/orders/{number:str}"

    @get(permission="public")
    async def show(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        order = await order_of_visitor(request, number, key)
        async with tenants.transaction():
            lines = await orders.lines_of(order.id)
            code, at_home = await promotions.coupon_of_order(order.id), await paid_at_home(order.id)
            found: dict[str, Any] = {
                "parcels": await fulfillment.parcels_of(order.id),
                "ships_by": await fulfillment.promised_by(order.id),
                "stopping": await fulfillment.stopping(order.id),
                "wish": await fulfillment.last_wish(order.id),
                "units_wish": await fulfillment.last_wish(order.id, "refund"),
                "unsent": sum(one.units for one in await unsent_of(order)),
                "ways_back": await fulfillment.ways_back_of(order.id),
                "refunds": await payments.refunds_of(order.id),
                "requests": await aftersales.of_order(order.id),
                "refund_parts": await payments.lines_of_refunds(order.id),
                "handles": await queries.handles_of([line.product for line in lines]),
            } | await ways_of(order)
            found |= await facts_of_order(order) | await offers_of(order)
        return page(
            "storefront/orders/show.html", headers=PRIVATE, order=order, lines=lines, key=key,
            sums=rows_of_order(order, lines, await store.profile(), code=code), address=in_lines(order.ship_to),
            at_home=[
                {"label": label, "text": money(amount, order.currency), "kind": "muted"} for label, amount in at_home
            ],
            steps_done=_steps_done(order), tab="me", words=aftersales.words, may_ask=_may_ask(order, lines),
            may_readdress=may_change(order, lines), **found,
        )  # fmt: skip

    @get("/timeline", permission="public")
    async def show_timeline(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        order = await order_of_visitor(request, number, key)
        async with tenants.transaction():
            entries = await timeline_of(order, for_shopper=True)
        return page("storefront/orders/timeline.html", headers=PRIVATE, order=order, entries=entries, key=key, tab="me")

    @post("/cancellation", permission="public")
    async def cancel(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Redirect:
        """What a warehouse has already it is asked to stop first. Raises TooLateToCancel."""
        order = await order_of_visitor(request, number, key)
        try:
            await cancel_order(order.id, actor="shopper")
        except TooLateToCancel:
            await ask_to_stop_order(order.id, actor="shopper", cause="canceled_by_shopper")
            return see_other(order_address(order), flash=("info", gettext(ASKED)))
        words = CANCELED_PAID if order.is_paid else CANCELED
        return see_other(order_address(order), flash=("ok", gettext(words)))


def _steps_done(order: orders.Order) -> int:
    """Of placed, paid, packed, shipped, delivered; the one after them is where the order is now."""
    if not order.is_paid and order.payment_status != "authorized":
        return 1
    return {"unfulfilled": 2, "partially_fulfilled": 3, "fulfilled": 3, "delivered": 5}.get(order.fulfillment_status, 2)


def _may_ask(order: orders.Order, lines: list[orders.Line]) -> bool:
    """Whether something may have arrived that can be sent back; the form says more precisely what."""
    sent = order.fulfillment_status in ("partially_fulfilled", "fulfilled", "delivered")
    return order.is_paid and order.total_amount > 0 and (sent or not all(line.requires_shipping for line in lines))
