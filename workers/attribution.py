"""Jobs from click to commission: fold, decide, finalize, reverse. Each may run twice, early or late."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import tenants
from app.flows.decide_attribution import decide_attribution
from app.flows.finalize_attribution import finalize_attribution
from app.flows.fold_clicks import BATCH, fold_clicks
from app.flows.replay_orders import replay_orders
from app.flows.reverse_commission import reverse_commission
from tenants import outbox
from workers.context import Handlers, JobContext

MOST_ROUNDS = 25
LOOK_AGAIN = timedelta(seconds=2)


async def fold(ctx: JobContext, again: bool = False) -> None:
    """Fold what is there, and look once more a moment later.

    A click that commits while this job runs saw a job waiting and asked for none; the second look finds it. The look
    that finds nothing is the last.
    """
    total = 0
    for _round in range(MOST_ROUNDS):
        folded = await fold_clicks()
        total += folded
        if folded < BATCH:
            break
    if total or not again:
        async with tenants.transaction():
            await outbox.post("attribution.fold_clicks", key="fold:again", delay=LOOK_AGAIN, again=True)


async def decide(ctx: JobContext, order_id: str) -> None:
    """At placing. An order that is already paid is finalized at once."""
    await decide_attribution(UUID(order_id))
    await finalize_attribution(UUID(order_id))


async def finalize(ctx: JobContext, order_id: str) -> None:
    """At payment, and when an order ends unpaid. A payment may be faster than the decision, which then comes first."""
    await decide_attribution(UUID(order_id))
    await finalize_attribution(UUID(order_id))


async def reverse(ctx: JobContext, order_id: str, refund_id: str = "") -> None:
    """At a refund. Whatever should have happened before is made up for first; `refund_id` only says what asked."""
    await decide_attribution(UUID(order_id))
    await finalize_attribution(UUID(order_id))
    await reverse_commission(UUID(order_id))


async def replay(ctx: JobContext, replay_id: str) -> None:
    """Asked for by the merchant; goes on where it was broken off."""
    await replay_orders(UUID(replay_id))


HANDLERS: Handlers = {
    "attribution.fold_clicks": fold,
    "attribution.decide": decide,
    "attribution.finalize": finalize,
    "attribution.reverse": reverse,
    "attribution.replay": replay,
}
