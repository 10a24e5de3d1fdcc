"""Let the shopper pay an order: at a provider's page, by scanning, or by promising to pay by hand.

The provider is asked between two transactions. Asking twice is harmless: an open try with the same provider is used
again, under the same number, and the provider promises one payment per number. Turning to another provider closes the
try at the former one first. Not one transaction, because the call may take seconds.

A try that was opened before may be paid by now, and its notice lost or late: the provider is asked first, and what it
says is for the caller to settle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

import tenants
from app import orders, payments
from app.flows.promising import is_promise, promise
from app.flows.switchboard import News, Switchboard, provider_called
from app.kernel.errors import Refusal
from infra.payment.port import (
    AlreadyPaid,
    PaymentIntent,
    PaymentProvider,
    PaymentRejected,
    PaymentRequest,
    PaymentUnavailable,
    PayMethod,
)
from tenants import outbox


class NotPayable(Refusal):
    """The order was paid, canceled or given up in the meantime."""

    code = "payments.not_payable"
    status = 409
    message = "This order does not wait for a payment any more."


class ProviderAway(Refusal):
    """The payment provider gives no clear answer right now."""

    code = "payments.provider_away"
    status = 503
    message = "The payment page cannot be reached right now. Your order is kept; try to pay again in a minute."


class ProviderRefused(Refusal):
    """The payment provider will not open this payment."""

    code = "payments.provider_refused"
    status = 502
    message = "The payment provider refused this payment. Nothing was charged; write to the store."


@dataclass(frozen=True, slots=True)
class PayPage:
    """Where the shopper comes back to, in which language, and on what they look at us (`PaymentRequest.method`).

    `payer_id` is the shopper's name at the wallet in whose browser they are, under `app_id` if that is no usual one.
    """

    return_url: str
    lang: str
    description: str
    method: PayMethod = "page"
    client_ip: str = ""
    payer_id: str = ""
    app_id: str = ""

    @property
    def opened_as(self) -> str:
        """Ways a provider takes for different payments; whose browser it is, is kept as a digest only."""
        if not self.payer_id:
            return self.method
        return f"{self.method}:{hashlib.sha256(self.payer_id.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Started:
    """What the shopper does next: go to `url`, scan it as a QR code, or just keep the promise (then it is empty).

    `jsapi`: hand `payload` to the wallet's browser. `paid`: somebody has paid before, and `news` say so; settle them.
    """

    kind: Literal["redirect", "qr", "jsapi", "promise", "paid"]
    url: str = ""
    payload: Mapping[str, str] = field(default_factory=dict)
    news: News | None = None


async def start_payment(order_id: UUID, vendor: str, page: PayPage) -> Started:
    """Raises NotPayable, ProviderAway, ProviderRefused."""
    opened_as = "" if is_promise(vendor) else page.opened_as
    if news := await _close_others(order_id, vendor, opened_as):
        return Started("paid", news=news)
    payment, expires_at = await _open_try(order_id, vendor, opened_as)
    if is_promise(vendor):
        return Started("promise")
    provider = await provider_called(vendor)
    if payment.provider_ref and (news := await _paid_before(payment, provider)):
        return Started("paid", news=news)
    try:
        intent = await provider.create(_request(payment, page, expires_at))
    except AlreadyPaid as error:
        if news := await _paid_before(payment, provider):
            return Started("paid", news=news)
        raise ProviderAway from error
    except PaymentUnavailable as error:
        await _note(vendor, str(error))
        raise ProviderAway from error
    except PaymentRejected as error:
        await _give_up(payment, vendor, error.code)
        raise ProviderRefused from error
    started = _led_on(intent)
    await _keep(payment, intent.provider_ref, started)
    return started


def _led_on(intent: PaymentIntent) -> Started:
    if intent.kind == "jsapi":
        return Started("jsapi", payload=intent.payload)
    return Started("qr", intent.payload["code_url"]) if intent.kind == "qr" else Started("redirect", intent.pay_url)


async def _keep(payment: payments.Payment, provider_ref: str, started: Started) -> None:
    """Write down what was opened. Raises NotPayable when the try was given up while the provider was asked.

    The one who gave it up may have found nothing to close over there, so it is closed once more.
    """
    async with tenants.transaction():
        status = await payments.record_link(payment.id, provider_ref=provider_ref, pay_url=started.url)
        await payments.record_health(payment.provider)
        if status in ("canceled", "failed"):
            await outbox.post(
                "payments.close_at_provider", queue="critical", key=f"close:{payment.id}", payment_id=payment.id
            )
    if status != "pending":
        raise NotPayable


def _request(payment: payments.Payment, page: PayPage, expires_at: datetime | None) -> PaymentRequest:
    return PaymentRequest(
        number=payment.number,
        amount=payment.amount,
        currency=payment.currency,
        description=page.description,
        return_url=page.return_url,
        lang=page.lang,
        method=page.method,
        client_ip=page.client_ip,
        payer_id=page.payer_id,
        app_id=page.app_id,
        expires_at=expires_at,
    )


async def _paid_before(payment: payments.Payment, provider: PaymentProvider) -> News | None:
    """None when it was not, and when nobody can tell: then it is opened again, which is the same payment."""
    try:
        state = await provider.query(payment.number)
    except (PaymentRejected, PaymentUnavailable):
        return None
    return News(payment.provider, state) if state.status == "captured" else None


async def _close_others(order_id: UUID, vendor: str, opened_as: str) -> News | None:
    """The shopper turned to another provider or device: nobody shall pay what was begun at the former any more.

    Answers the payment that came after all. If one of them cannot be reached and is paid all the same, whichever money
    comes second goes back by itself.
    """
    async with tenants.transaction():
        order = await orders.find(order_id)
        if not order.awaits_payment:
            raise NotPayable
        tries = await payments.open_payments_of(order_id)
        others = [each for each in tries if not _still_fits(each, order, vendor, opened_as)]
    provider = Switchboard()
    for payment in others:
        try:
            state = await provider.close(payment.number)
        except (PaymentRejected, PaymentUnavailable):
            state = None
        if state is not None and state.status == "captured":
            return News(payment.provider, state)
        async with tenants.transaction():
            if not (await orders.lock(order_id)).awaits_payment:
                raise NotPayable
            await payments.close(payment.id, "canceled", failure="another_way")
    return None


def _still_fits(payment: payments.Payment, order: orders.Order, vendor: str, opened_as: str) -> bool:
    same_way = payment.provider == vendor and payment.opened_as in ("", opened_as)
    return same_way and payment.amount == order.due_amount


async def _open_try(order_id: UUID, vendor: str, opened_as: str) -> tuple[payments.Payment, datetime | None]:
    """The try, and until when it may be paid. A promise is given in the same transaction."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.awaits_payment:
            raise NotPayable
        tries = await payments.open_payments_of(order_id)
        already = [each for each in tries if _still_fits(each, order, vendor, opened_as)]
        payment = already[-1] if already else await _open(order, vendor, opened_as)
        if is_promise(vendor):
            await promise(order, payment)
        return payment, order.expires_at


async def _open(order: orders.Order, vendor: str, opened_as: str) -> payments.Payment:
    return await payments.open_payment(
        order.id, order.number, provider=vendor, amount=order.due_amount, currency=order.currency, opened_as=opened_as
    )


async def _give_up(payment: payments.Payment, vendor: str, code: str) -> None:
    async with tenants.transaction():
        await payments.close(payment.id, "failed", failure=code)
        await payments.record_health(vendor, error=code)


async def _note(vendor: str, error: str) -> None:
    async with tenants.transaction():
        await payments.record_health(vendor, error=error)
