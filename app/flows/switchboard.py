"""All of a store's payment providers as one: a payment's own row says who is asked about it.

Not a journey but what journeys have in common. It reads between transactions; the adapter calls out after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import tenants
from app import payments
from app.kernel.errors import NotFound
from infra import wiring
from infra.payment.payouts_port import Payouts
from infra.payment.port import (
    Acknowledgment,
    BadSignature,
    PaymentIntent,
    PaymentNotice,
    PaymentProvider,
    PaymentRequest,
    PaymentState,
    PaymentUnknown,
    RefundNotice,
    RefundRequest,
    RefundState,
)
from infra.settings import settings
from tenants import lifecycle

OUR_OWN = "sandbox"  # reaches us without leaving the machine


class News(NamedTuple):
    """What a provider says about a payment, for the caller of a journey to settle."""

    source: str
    state: PaymentState


class OurReferences:
    """What the bound store remembers about its payments at their providers."""

    async def of_payment(self, number: str) -> str:
        async with tenants.transaction():
            try:
                return (await payments.find_by_number(number)).provider_ref or ""
            except NotFound:
                return ""


def connect(account: payments.Account) -> PaymentProvider:
    """The adapter of one of the bound store's accounts."""
    store = tenants.current()
    return wiring.payment_provider(
        account, tenant_id=store.id, currency=store.currency, references=OurReferences(),
        notify_url=notify_url(account["provider"]),
    )  # fmt: skip


def notify_url(provider: str) -> str:
    """Where this provider tells the bound store; whoever knows the address still has to sign."""
    secret = lifecycle.webhook_secret(tenants.current().id, "payments")
    return f"{settings().origin()}/webhooks/payments/{provider}/{secret}"


async def payouts_through(way: str) -> Payouts:
    """The adapter that sends money to people this way. Raises NotFound when the store never had an account there."""
    async with tenants.transaction():
        account = await payments.account_of(way)
    store = tenants.current()
    secret = lifecycle.webhook_secret(store.id, "payments")
    here = f"payouts/{way}"
    url = wiring.webhook_url(here, secret) if way == OUR_OWN else f"{settings().origin()}/webhooks/{here}/{secret}"
    return wiring.payouts_provider(account, tenant_id=store.id, currency=store.currency, notify_url=url)


async def provider_called(name: str) -> PaymentProvider:
    """Raises NotFound when the store never had an account there."""
    async with tenants.transaction():
        account = await payments.account_of(name)
    return connect(account)


class Switchboard:
    """Keeps the promises of `PaymentProvider` by handing each number to the provider of its payment."""

    acknowledgment = Acknowledgment()

    async def create(self, request: PaymentRequest) -> PaymentIntent:
        return await (await self._of(request.number)).create(request)

    async def query(self, number: str) -> PaymentState:
        return await (await self._of(number)).query(number)

    async def close(self, number: str) -> PaymentState:
        return await (await self._of(number)).close(number)

    async def refund(self, request: RefundRequest) -> RefundState:
        return await (await self._of(request.payment_number)).refund(request)

    async def query_refund(self, number: str, payment_number: str = "") -> RefundState:
        return await (await self._of(payment_number)).query_refund(number, payment_number)

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, now: datetime) -> PaymentNotice | RefundNotice:
        raise BadSignature("a notice comes to the address of one provider")

    async def _of(self, number: str) -> PaymentProvider:
        async with tenants.transaction():
            try:
                payment = await payments.find_by_number(number)
                account = await payments.account_of(payment.provider)
            except NotFound as error:
                raise PaymentUnknown("unknown_number", number) from error
        return connect(account)
