"""Paying an order: what the front end has to do next, and asking the provider what came of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal
from urllib.parse import quote

import msgspec
from litestar import Controller, Request, Response, post
from litestar.params import FromPath
from msgspec import Meta

import tenants
from app import customers, identity, orders
from app.api.admission import visit_of
from app.api.bodies import Line, answer, read_body
from app.api.described import described
from app.api.order_shapes import Order, order_shown
from app.api.orders import own_order
from app.api.shapes import Money, money
from app.customers import WalletName
from app.flows.ask_provider import ask_provider
from app.flows.payment_choices import NothingToPayWith, chosen, payment_choices
from app.flows.settle_payment import settle_payment
from app.flows.start_payment import NotPayable, PayPage, ProviderAway, ProviderRefused, Started, start_payment
from app.flows.switchboard import News
from app.flows.who_pays import NobodyNamed
from app.kernel.errors import NotFound
from app.kernel.i18n import current_locale, gettext
from app.payments import Vendor
from infra.settings import settings

AnyRequest = Request[Any, Any, Any]


class Paying(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How to pay. `payer_id` is the shopper's name at the wallet in whose browser they are; in a `mini_program` where
    they signed in with `POST /session/wallet` it is known."""

    way: Annotated[Line, Meta(description="A code of `ways_to_pay`; empty for the store's first")] = ""
    device: Literal["phone", "computer", "mini_program"] = "phone"
    payer_id: Annotated[Line, Meta(description="WeChat: the openid under the store's own app id")] = ""


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What to do next, told by `next`.

    `redirect`: open `url`. `qr`: show `url` as a QR code. `wallet`: hand `wallet` to the wallet as it is. `promise`:
    nothing, the store waits for the money. `paid`: nothing, it is paid.
    """

    next: Literal["redirect", "qr", "wallet", "promise", "paid"]
    url: str
    wallet: Annotated[dict[str, str], Meta(description="For WeChat the parameters of requestPayment")]
    due: Money


class PayingController(Controller):
    path = "/orders/{number:str}/payment"

    @post(
        **described(
            "Begin to pay",
            takes=Paying,
            gives=Payment,
            bearer=True,
            key="optional",
            refuses=(NotFound, NotPayable, NothingToPayWith, NobodyNamed, ProviderAway, ProviderRefused),
        )
    )
    async def begin(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """Asking twice is one payment. Another way closes what was begun before."""
        body = await read_body(request, Paying)
        order = await own_order(request, number)
        async with tenants.transaction():
            vendor = chosen(await payment_choices(), body.way)
            payer = await _payer(request, vendor, body)
        method = "jsapi" if payer.payer_id else vendor.method if body.device == "computer" else vendor.phone_method
        page = _page(request, order, method)
        page = replace(page, payer_id=payer.payer_id, app_id=payer.app_id)
        started = await start_payment(order.id, vendor.code, page)
        if started.news:
            await _settle(started.news)
        return answer(_shown(started, order))

    @post("/checks", **described("Ask the provider", gives=Order, bearer=True, refuses=(NotFound,)))
    async def check(self, request: AnyRequest, number: FromPath[str]) -> Response[bytes]:
        """After the shopper came back: what came of the payment, also when its notice is late. Answers the order."""
        order = await own_order(request, number)
        if order.awaits_payment and (news := await ask_provider(order.id)):
            await _settle(news)
        return answer(await order_shown(await own_order(request, number)))


async def _payer(request: AnyRequest, vendor: Vendor, body: Paying) -> WalletName:
    """Under which name the wallet shall let pay; empty where no wallet is asked. Raises NobodyNamed."""
    if body.payer_id or body.device != "mini_program" or not vendor.wallet_agent:
        return WalletName("", body.payer_id)
    customer = (await visit_of(request)).customer_id
    known = await customers.name_at(customer, vendor.code) if customer else None
    if known is None:
        raise NobodyNamed
    return known


def _page(request: AnyRequest, order: orders.Order, method: Any) -> PayPage:
    """Whoever is led back by the provider comes to the order's page in the shop."""
    tenant = tenants.current()
    back = (
        f"{settings().origin(tenant.slug)}/orders/{order.number}/paid-return?key={quote(orders.access_key(order.id))}"
    )
    return PayPage(
        back, current_locale.get(), gettext("Order %(number)s of %(store)s", number=order.number, store=tenant.name),
        method=method, client_ip=identity.client_address(request),
    )  # fmt: skip


async def _settle(news: News) -> None:
    await settle_payment(news.state, source=news.source)


def _shown(started: Started, order: orders.Order) -> Payment:
    return Payment(
        next="wallet" if started.kind == "jsapi" else started.kind, url=started.url, wallet=dict(started.payload),
        due=money(0 if started.kind == "paid" else order.due_amount),
    )  # fmt: skip
