"""Jobs around money: the account at the provider, refunds, the end of the time to pay, asking about what is open."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import tenants
from app import payments
from app.flows.expire_reservation import expire_reservation
from app.flows.request_refund import retry_refund
from app.flows.send_refund import send_refund
from app.flows.settle_payment import settle_payment
from app.flows.settle_refund import settle_refund
from app.flows.switchboard import Switchboard, provider_called
from app.kernel.clock import now
from infra import wiring
from infra.payment.port import PaymentRejected, PaymentUnavailable, PaymentUnknown, SelfCheck
from tenants import lifecycle
from workers.context import Handlers, JobContext, Retry

ASK_AFTER = timedelta(minutes=2)
SANDBOX = "sandbox"  # the one provider where we open accounts ourselves


async def register_account(context: JobContext) -> None:
    """Tell the provider the store's secret and where it listens."""
    tenant = tenants.current()
    async with tenants.transaction():
        account = await payments.account_of(SANDBOX)
    secret = lifecycle.webhook_secret(tenant.id, "payments")
    try:
        await wiring.register_payments(account, tenant_id=tenant.id, webhook_secret=secret, name=tenant.name)
    except PaymentUnavailable as error:
        await _note(SANDBOX, str(error))
        raise Retry(str(error)) from error
    await _note(SANDBOX, "")


async def check_account(context: JobContext, *, code: str) -> None:
    """One real signed call, for the merchant who pressed the button; what came of it is the account's health."""
    provider = await provider_called(code)
    try:
        if isinstance(provider, SelfCheck):
            await provider.check()
        else:
            await provider.query(f"check-{context.job_id.hex[-12:]}")
    except PaymentUnknown:
        await _note(code, "")  # a signed answer about nothing: that is all we wanted
    except (PaymentRejected, PaymentUnavailable) as error:
        await _note(code, str(error) or "refused")
    else:
        await _note(code, "")


async def refund(context: JobContext, *, refund_id: str) -> None:
    """Ask for the money to go back and settle the answer; a pending one is settled by notice or by the reconciler."""
    async with tenants.transaction():
        vendor = await _vendor_of(UUID(refund_id))
    try:
        await _refund(UUID(refund_id), vendor)
    except PaymentUnavailable as error:
        raise Retry(str(error)) from error


async def refund_again(context: JobContext, *, refund_id: str) -> None:
    """A refund that failed some time ago is asked for once more, unless somebody already did."""
    await retry_refund(UUID(refund_id), only_failed=True)


async def close_at_provider(context: JobContext, *, payment_id: str) -> None:
    """Nobody shall pay a canceled order; who paid in the last moment gets it back."""
    async with tenants.transaction():
        payment = await payments.find(UUID(payment_id))
    try:
        state = await Switchboard().close(payment.number)
    except PaymentUnavailable as error:
        await _note(payment.provider, str(error))
        raise Retry(str(error)) from error
    except PaymentRejected:
        return  # never opened over there, or closed already
    await settle_payment(state, source=payment.provider)


async def expire_order(context: JobContext, *, order_id: str) -> None:
    """The time to pay is over, unless the money came in the last moment."""
    state = await expire_reservation(UUID(order_id), Switchboard())
    if state is not None:
        await settle_payment(state)


async def reconcile(context: JobContext) -> None:
    """Ask about every payment and refund nobody told us about for two minutes.

    A provider that does not answer is not asked about anything else this time; the others are.
    """
    before, away = now() - ASK_AFTER, dict[str, str]()
    async with tenants.transaction():
        waiting = await payments.open_payments_before(before)
        refunds = [(each.id, await _vendor_of(each.id)) for each in await payments.refunds_waiting_since(before)]
    for vendor, ask in [
        *((payment.provider, partial(_ask, payment)) for payment in waiting),
        *((vendor, partial(_refund, refund_id, vendor)) for refund_id, vendor in refunds),
    ]:
        if vendor in away:
            continue
        try:
            await ask()
        except PaymentUnavailable as error:
            away[vendor] = str(error)
    if away:
        raise Retry("; ".join(f"{vendor}: {error}" for vendor, error in away.items()))


async def _ask(payment: payments.Payment) -> None:
    try:
        state = await Switchboard().query(payment.number)
    except PaymentUnavailable as error:
        await _note(payment.provider, str(error))
        raise
    except PaymentRejected:
        state = None  # never opened over there: nobody can have paid it, and the shopper may still open it
    if state is not None:
        await settle_payment(state, source=payment.provider)
    async with tenants.transaction():
        await payments.was_asked(payment.id)
        await payments.record_health(payment.provider)


async def _refund(refund_id: UUID, vendor: str) -> None:
    try:
        state = await send_refund(refund_id, Switchboard())
    except PaymentUnavailable as error:
        await _note(vendor, str(error))
        raise
    if state is not None:
        await settle_refund(state, source=vendor)


async def _vendor_of(refund_id: UUID) -> str:
    return (await payments.find((await payments.find_refund(refund_id)).payment)).provider


async def _note(vendor: str, error: str) -> None:
    async with tenants.transaction():
        await payments.record_health(vendor, error=error)


HANDLERS: Handlers = {
    "payments.register_account": register_account,
    "payments.check_account": check_account,
    "payments.refund": refund,
    "payments.refund_again": refund_again,
    "payments.close_at_provider": close_at_provider,
    "payments.expire_order": expire_order,
    "payments.reconcile": reconcile,
}
