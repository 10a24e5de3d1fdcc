"""A shopper's order: pay it, follow it, call it off. Open to its owner, or with the key of its link."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template

import tenants
from app import fulfillment, identity, orders, payments, store
from app.flows.cancel_order import cancel_order
from app.flows.payment_choices import chosen, payment_choices
from app.flows.start_payment import NotPayable, PayPage, start_payment
from app.kernel.errors import NotFound
from app.kernel.i18n import N_, current_locale, gettext
from app.kernel.pages import page, see_other
from app.storefront import queries
from app.storefront.addresses import in_lines
from app.storefront.price_rows import rows_of_order
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
CANCELED = N_("The order is canceled.")
CANCELED_PAID = N_("The order is canceled. What you paid goes back the way it came.")

NOT_PAID = N_("The payment did not go through, and nothing was charged. You can pay again.")


class OrderController(Controller):
    path = "/orders/{number:str}"

    @get(permission="public")
    async def show(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Template:
        order = await _mine(request, number, key)
        async with tenants.transaction():
            lines = await orders.lines_of(order.id)
            found: dict[str, Any] = {
                "events": await orders.events_of(order.id),
                "parcels": await fulfillment.parcels_of(order.id),
                "refunds": await payments.refunds_of(order.id),
                "handles": await queries.handles_of([line.product for line in lines]),
            }
        return page(
            "storefront/orders/show.html", headers=PRIVATE, order=order, lines=lines, key=key,
            sums=rows_of_order(order, lines, await store.profile()), address=in_lines(order.ship_to),
            steps_done=_steps_done(order), tab="me", **found,
        )  # fmt: skip

    @get("/pay", permission="public")
    async def pay(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "", by: FromQuery[str] = ""
    ) -> Redirect:
        """On to the provider's page; opening it twice is one payment."""
        order = await _mine(request, number, key)
        if not order.awaits_payment:
            return see_other(_address(order))
        async with tenants.transaction():
            vendor = chosen(await payment_choices(), by)
        tenant = tenants.current()
        back = f"{settings().origin(tenant.slug)}{_address(order, '/paid-return')}"
        description = gettext("Order %(number)s of %(store)s", number=order.number, store=tenant.name)
        try:
            pay_url = await start_payment(order.id, vendor.code, PayPage(back, current_locale.get(), description))
        except NotPayable:
            return see_other(_address(order))
        return Redirect(pay_url, status_code=303)

    @get("/paid-return", permission="public")
    async def come_back(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "", look: FromQuery[int] = 0
    ) -> Response[Any]:
        """Back from the provider: its own notice decides, so wait for that, looking again by itself."""
        order = await _mine(request, number, key)
        if not order.awaits_payment:
            flash = ("ok", gettext("Paid. Thank you.")) if order.is_paid else None
            return see_other(_address(order), flash=flash)
        async with tenants.transaction():
            payment = await payments.newest_of(order.id)
        if payment and payment.status in ("failed", "canceled"):
            return see_other(_address(order), flash=("bad", gettext(NOT_PAID)))
        again = f"{_address(order, '/paid-return')}&look={min(look + 1, 99)}"
        return page("storefront/orders/waiting.html", headers=PRIVATE, order=order, again=again, look=look, key=key)

    @post("/cancellation", permission="public")
    async def cancel(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Redirect:
        """Raises TooLateToCancel."""
        order = await _mine(request, number, key)
        await cancel_order(order.id, actor="shopper")
        words = CANCELED_PAID if order.is_paid else CANCELED
        return see_other(_address(order), flash=("ok", gettext(words)))


async def _mine(request: AnyRequest, number: str, key: str) -> orders.Order:
    """The order, if it is this browser's, this account's, or the key opens it. Raises NotFound for everybody else."""
    visit = await identity.visit_or_none(request)
    async with tenants.transaction():
        order = await orders.find_by_number(number)
    if key and orders.opens(key, order.access_hash):
        return order
    if visit is None:
        raise NotFound
    # What somebody bought signed in stays theirs when they sign out of a browser that others use.
    if visit.customer_id == order.customer if order.customer else visit.visitor_id == order.visitor_id:
        return order
    raise NotFound


def _address(order: orders.Order, below: str = "") -> str:
    """The order's page with its key, so that it opens in whichever browser the provider leads back to."""
    return f"/orders/{order.number}{below}?key={quote(orders.access_key(order.id))}"


def _steps_done(order: orders.Order) -> int:
    """Of placed, paid, packed, shipped, delivered; the one after them is where the order is now."""
    if not order.is_paid:
        return 1
    return {"unfulfilled": 2, "partially_fulfilled": 3, "fulfilled": 3, "delivered": 5}.get(order.fulfillment_status, 2)
