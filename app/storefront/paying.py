"""Paying an order: choosing how, going there, scanning, coming back. Open to whoever may see the order."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

import tenants
from app import identity, links, orders, payments
from app.flows.ask_provider import ask_provider
from app.flows.payment_choices import chosen, payment_choices
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import NotPayable, PayPage, start_payment
from app.flows.switchboard import News
from app.flows.who_pays import ask_who_pays, who_pays
from app.kernel.forms import read_form
from app.kernel.i18n import N_, current_locale, gettext
from app.kernel.pages import page, see_other
from app.payments import Vendor
from app.storefront.orders import PRIVATE
from app.storefront.whose import order_address, order_of_visitor
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]
NOT_PAID = N_("The payment did not go through, and nothing was charged. You can pay again.")
PROMISED = N_("Your order is placed. How to pay it stands below.")


class WayForm(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    payment: str = ""


class PayingController(Controller):
    path = "/orders/{number:str}"

    @get("/pay", permission="public")
    async def pay(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "", by: FromQuery[str] = ""
    ) -> Response[Any]:
        """On to the provider's page; opening it twice is one payment. A promise is only given by sending a form."""
        order = await order_of_visitor(request, number, key)
        vendor = await _way(order, by)
        if vendor.manual:
            return see_other(order_address(order))
        return await go_and_pay(request, order, vendor)

    @post("/payment", permission="public")
    async def choose(self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "") -> Response[Any]:
        """The shopper chose another way to pay. Raises NothingToPayWith."""
        order = await order_of_visitor(request, number, key)
        form = await read_form(request, WayForm)
        return await go_and_pay(request, order, await _way(order, form.payment))

    @get("/in-wallet", permission="public")
    async def pay_in_wallet(
        self,
        request: AnyRequest,
        number: FromPath[str],
        key: FromQuery[str] = "",
        by: FromQuery[str] = "",
        code: FromQuery[str] = "",
    ) -> Response[Any]:
        """Back from the wallet, which now says who pays. Raises NobodyNamed."""
        order = await order_of_visitor(request, number, key)
        visit = await identity.visit_or_none(request)
        vendor = await _way(order, by)
        if not order.awaits_payment or not vendor.wallet_agent:
            return see_other(order_address(order))
        session = visit.token_hash if visit else b""
        state = request.query_params.get("state", "")  # a reserved name among parameters
        payer = await who_pays(order.id, vendor.code, session=session, code=code, state=state)
        return await go_and_pay(request, order, vendor, payer_id=payer)

    @get("/scan", permission="public")
    async def scan(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "", look: FromQuery[int] = 0
    ) -> Response[Any]:
        """The provider's code to scan; looks by itself whether it was paid, also without script."""
        order = await order_of_visitor(request, number, key)
        async with tenants.transaction():
            payment = await payments.newest_of(order.id)
        if not order.awaits_payment or payment is None or payment.status != "pending" or not payment.pay_url:
            return _arrived(order)
        again = f"{order_address(order, '/scan')}&look={min(look + 1, 99)}"
        return page(
            "storefront/orders/scan.html", headers=PRIVATE, order=order, again=again, look=look, payment=payment,
            code=links.qr_svg(payment.pay_url, title=gettext("Code to scan")), key=key,
            way=payments.vendor_of(payment.provider),
        )  # fmt: skip

    @get("/paid-return", permission="public")
    async def come_back(
        self, request: AnyRequest, number: FromPath[str], key: FromQuery[str] = "", look: FromQuery[int] = 0
    ) -> Response[Any]:
        """Back from the provider: ask it what happened, or wait for its notice, looking again by itself."""
        order = await order_of_visitor(request, number, key)
        if order.awaits_payment and (news := await ask_provider(order.id)):
            order = await _settled(order, news)
        if not order.awaits_payment:
            return _arrived(order)
        async with tenants.transaction():
            payment = await payments.newest_of(order.id)
        if payment and payment.status in ("failed", "canceled"):
            return see_other(order_address(order), flash=("bad", gettext(NOT_PAID)))
        again = f"{order_address(order, '/paid-return')}&look={min(look + 1, 99)}"
        return page("storefront/orders/waiting.html", headers=PRIVATE, order=order, again=again, look=look, key=key)


async def _settled(order: orders.Order, news: News) -> orders.Order:
    """The order after what its provider told when it was asked."""
    await settle_payment(news.state, source=news.source)
    async with tenants.transaction():
        return await orders.find(order.id)


def _arrived(order: orders.Order) -> Redirect:
    return see_other(order_address(order), flash=("ok", gettext("Paid. Thank you.")) if order.is_paid else None)


async def _way(order: orders.Order, code: str) -> Vendor:
    """What was asked for; else what was begun, as long as it is offered; else the first."""
    async with tenants.transaction():
        ways = await payment_choices()
        begun = [each.provider for each in await payments.open_payments_of(order.id)]
    offered = [vendor.code for vendor in ways]
    return chosen(ways, code or next((each for each in reversed(begun) if each in offered), ""))


async def go_and_pay(request: AnyRequest, order: orders.Order, vendor: Vendor, *, payer_id: str = "") -> Response[Any]:
    """Start the payment and lead the shopper on. Raises ProviderAway, ProviderRefused."""
    if not payer_id and (address := await _address_of_wallet(request, order, vendor)):
        return Redirect(address, status_code=303)
    tenant = tenants.current()
    back = f"{settings().origin(tenant.slug)}{order_address(order, '/paid-return')}"
    description = gettext("Order %(number)s of %(store)s", number=order.number, store=tenant.name)
    where = PayPage(
        back, current_locale.get(), description, method="jsapi" if payer_id else _method(request, vendor),
        client_ip=identity.client_address(request), payer_id=payer_id,
    )  # fmt: skip
    try:
        started = await start_payment(order.id, vendor.code, where)
    except NotPayable:
        return see_other(order_address(order))
    if started.news:
        return _arrived(await _settled(order, started.news))
    if started.kind == "promise":
        return see_other(order_address(order), flash=("ok", gettext(PROMISED)))
    if started.kind == "qr":
        return see_other(order_address(order, "/scan"))
    if started.kind == "jsapi":
        return page(
            "storefront/orders/in_wallet.html", headers=PRIVATE, order=order, amount=order.due_amount,
            payload=msgspec.json.encode(started.payload).decode(), back=order_address(order, "/paid-return"),
            key=orders.access_key(order.id),
        )  # fmt: skip
    return Redirect(started.url, status_code=303)


async def _address_of_wallet(request: AnyRequest, order: orders.Order, vendor: Vendor) -> str:
    """Where this browser is named, if it is the one that the way's wallet brings along; else empty."""
    if not vendor.wallet_agent or vendor.wallet_agent not in request.headers.get("user-agent", ""):
        return ""
    if not order.awaits_payment:
        return ""
    visit = await identity.ensure_visit(request)
    back = f"{settings().origin(tenants.current().slug)}{order_address(order, '/in-wallet')}&by={vendor.code}"
    return await ask_who_pays(order.id, vendor.code, session=visit.token_hash, return_url=back)


def _method(request: AnyRequest, vendor: Vendor) -> Any:
    """A phone pays in its own browser; inside a wallet's browser that names nobody only scanning works."""
    agent = request.headers.get("user-agent", "")
    is_phone = "Mobile" in agent and "MicroMessenger" not in agent
    return vendor.phone_method if is_phone else vendor.method
