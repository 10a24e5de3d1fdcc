"""Jobs around what promoters earn: commission becomes due, payouts are sent and asked about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app import commissions, payments, payouts
from app.flows.reverse_commission import reverse_commission
from app.flows.send_payout import ask_about_payout, send_payout
from app.flows.settle_commissions import orders_due, settle_commissions
from app.flows.settle_payout import settle_payout
from app.flows.simulate_plan import simulate_plan
from app.flows.switchboard import payouts_through
from app.kernel.clock import now
from app.kernel.errors import NotFound
from infra.payment.port import PaymentUnavailable
from workers.context import Handlers, JobContext, Retry

ASK_AFTER = timedelta(minutes=2)


async def settle(context: JobContext, *, order_id: str = "") -> None:
    """Everything that is due, or one order that has just arrived. What a refund still takes back is taken first."""
    if order_id:
        await reverse_commission(UUID(order_id))
        await settle_commissions(UUID(order_id))
        return
    after: UUID | None = None
    while found := await orders_due(after):
        for order in found:
            await reverse_commission(order)
            await settle_commissions(order)
        after = found[-1]


async def send(context: JobContext, *, payout_id: str) -> None:
    """At approval. While nobody answers, it is asked for again under the same number."""
    try:
        await _follow(UUID(payout_id))
    except PaymentUnavailable as error:
        raise Retry(str(error)) from error


async def reconcile(context: JobContext) -> None:
    """Ask about every payout nobody told us about for two minutes. A provider that is away is left alone this time."""
    async with tenants.transaction():
        waiting = [await payouts.find(each) for each in await payouts.quiet_since(now() - ASK_AFTER)]
    away: dict[str, str] = {}
    for payout in waiting:
        if payout.way in away:
            continue
        try:
            await _follow(payout.id)
        except PaymentUnavailable as error:
            away[payout.way] = str(error)
    if away:
        raise Retry("; ".join(f"{way}: {error}" for way, error in away.items()))


async def _follow(payout_id: UUID) -> None:
    """Send it, or ask about it, whatever it waits for; and act on the answer."""
    async with tenants.transaction():
        payout = await payouts.find(payout_id)
    provider = await payouts_through(payout.way)
    ask = ask_about_payout if payout.status == "awaiting_confirmation" else send_payout
    try:
        state = await ask(payout_id, provider)
    except PaymentUnavailable as error:
        async with tenants.transaction():
            await payments.record_health(payout.way, error=str(error))
        raise
    if state is not None:
        await settle_payout(state, source=payout.way)


async def simulate(context: JobContext, *, simulation_id: str) -> None:
    """Try a plan on past orders; a broken off one goes on. One that is gone with its draft is nobody's."""
    try:
        await simulate_plan(UUID(simulation_id))
    except NotFound:
        return
    except Exception:
        if context.last:
            async with tenants.transaction():
                await commissions.simulations.finish(UUID(simulation_id), failure="lost")
        raise


HANDLERS: Handlers = {
    "commissions.settle": settle,
    "commissions.simulate": simulate,
    "payouts.send": send,
    "payouts.reconcile": reconcile,
}
