"""An order was paid, or ended without being paid: what was provisional becomes final and owed, or void.

One transaction. An order that is neither paid nor over is left alone, and running again changes nothing; the job runs
the decision first, because a payment may be faster than the job that decides.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import attribution, commissions, contests, orders, risk
from app.flows import bind_shoppers, commission_moves, link_totals, own_purchases
from app.kernel.clock import now
from app.kernel.events import publish


async def finalize_attribution(order_id: UUID) -> None:
    """Accrue the order's commission when it is paid, cancel it when the order is over. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if order.is_paid:
            await attribution.finalize(order_id, now())
            await own_purchases.judge_when_paid(order)
            await _bind(order)
            await commission_moves.accrue(order_id, now())
            await own_purchases.give_discount(order)
        elif order.status in ("canceled", "expired"):
            await attribution.void(order_id)
            await commissions.cancel(order_id)
            await risk.end_case(order_id, "order_over")
        else:
            return
        decided = [one for one in await attribution.decisions_of(order_id) if one.promoter]
        await link_totals.recount(one.link for one in decided if one.link)
    for promoter in {one.promoter for one in decided}:
        await publish(f"board:{tenants.current().id}:{promoter}", "paid" if order.is_paid else "order")
    await contests.tell_watchers()


async def _bind(order: orders.Order) -> None:
    """A first paid order may bind the shopper; every paid order extends the binding there is."""
    winner = next((kept.winner for kept in await attribution.kept_of(order.id) if kept.winner), None)
    at = order.paid_at or now()
    await bind_shoppers.by_order(order, winner, kind="first_paid_order", at=at)
    await bind_shoppers.by_payment(order, live=bool(winner and winner.live_session), at=at)
