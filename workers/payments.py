"""Jobs around money: the account at the provider, refunds, the end of the time to pay, asking about what is open."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import payments
from app.flows.expire_reservation import expire_reservation
from app.flows.send_refund import send_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.kernel.clock import now
from infra import wiring
from infra.payment.port import PaymentProvider, PaymentRejected, PaymentUnavailable
from tenants import lifecycle
from workers.context import Handlers, JobContext, Retry

ASK_AFTER = timedelta(minutes=2)


async def register_account(context: JobContext) -> None:
    """Tell the provider the store's secret and where it listens."""
    tenant = tenants.current()
    async with tenants.transaction():
        account = await payments.account_of()
    secret = lifecycle.webhook_secret(tenant.id, "payments")
    try:
        await wiring.register_payments(account, tenant_id=tenant.id, webhook_secret=secret, name=tenant.name)
    except PaymentUnavailable as error:
        await _note(str(error))
        raise Retry(str(error)) from error
    await _note("")


async def refund(context: JobContext, *, refund_id: str) -> None:
    """Ask for the money to go back and settle the answer; a pending one is settled by notice or by the reconciler."""
    await _refund(UUID(refund_id), await _provider())


async def expire_order(context: JobContext, *, order_id: str) -> None:
    """The time to pay is over, unless the money came in the last moment."""
    state = await expire_reservation(UUID(order_id), await _provider())
    if state is not None:
        await settle_payment(state)


async def reconcile(context: JobContext) -> None:
    """Ask about every payment and refund nobody told us about for two minutes."""
    provider, before = await _provider(), now() - ASK_AFTER
    async with tenants.transaction():
        waiting = await payments.open_payments_before(before)
        refunds = await payments.refunds_waiting_since(before)
    for payment in waiting:
        await _ask(payment, provider)
    for waiting_refund in refunds:
        await _refund(waiting_refund.id, provider)


async def _ask(payment: payments.Payment, provider: PaymentProvider) -> None:
    try:
        state = await provider.query(payment.number)
    except PaymentUnavailable as error:
        await _note(str(error))
        raise Retry(str(error)) from error
    except PaymentRejected:
        state = None  # never opened over there: nobody can have paid it, and the shopper may still open it
    if state is not None:
        await settle_payment(state)
    async with tenants.transaction():
        await payments.was_asked(payment.id)
        await payments.record_health(payment.provider)


async def _refund(refund_id: UUID, provider: PaymentProvider) -> None:
    try:
        state = await send_refund(refund_id, provider)
    except PaymentUnavailable as error:
        await _note(str(error))
        raise Retry(str(error)) from error
    if state is not None:
        await settle_refund(state)


async def _provider() -> PaymentProvider:
    async with tenants.transaction():
        account = await payments.account_of()
    store = tenants.current()
    return wiring.payment_provider(account, tenant_id=store.id, currency=store.currency)


async def _note(error: str) -> None:
    async with tenants.transaction():
        await payments.record_health("sandbox", error=error)


HANDLERS: Handlers = {
    "payments.register_account": register_account,
    "payments.refund": refund,
    "payments.expire_order": expire_order,
    "payments.reconcile": reconcile,
}
