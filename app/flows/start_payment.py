"""Get a link where the shopper pays an order.

The provider is asked between two transactions. Asking twice is harmless: an open try of the order is used again,
under the same number, and the provider promises one payment per number. Not one transaction, because the call may
take seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import tenants
from app import orders, payments
from app.kernel.errors import Refusal
from infra.payment.port import PaymentProvider, PaymentRejected, PaymentRequest, PaymentUnavailable


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
    """Where the shopper comes back to, and in which language the provider should speak."""

    return_url: str
    lang: str
    description: str


async def start_payment(order_id: UUID, provider: PaymentProvider, page: PayPage, *, vendor: str = "sandbox") -> str:
    """The address of the provider's pay page. Raises NotPayable, ProviderAway, ProviderRefused."""
    payment = await _open_try(order_id, vendor)
    request = PaymentRequest(
        number=payment.number,
        amount=payment.amount,
        currency=payment.currency,
        description=page.description,
        return_url=page.return_url,
        lang=page.lang,
    )
    try:
        intent = await provider.create(request)
    except PaymentUnavailable as error:
        await _note(vendor, str(error))
        raise ProviderAway from error
    except PaymentRejected as error:
        await _give_up(payment, vendor, error.code)
        raise ProviderRefused from error
    async with tenants.transaction():
        await payments.record_link(payment.id, provider_ref=intent.provider_ref, pay_url=intent.pay_url)
        await payments.record_health(vendor)
    return intent.pay_url


async def _open_try(order_id: UUID, vendor: str) -> payments.Payment:
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.awaits_payment:
            raise NotPayable
        already = await payments.open_payments_of(order_id)
        if already:
            return already[-1]
        return await payments.open_payment(
            order_id, order.number, provider=vendor, amount=order.total_amount, currency=order.currency
        )


async def _give_up(payment: payments.Payment, vendor: str, code: str) -> None:
    async with tenants.transaction():
        await payments.close(payment.id, "failed", failure=code)
        await payments.record_health(vendor, error=code)


async def _note(vendor: str, error: str) -> None:
    async with tenants.transaction():
        await payments.record_health(vendor, error=error)
