"""What a leader earns for handing out: a line of its own beside the promotion's. A step inside an open transaction.

Both shares of an order line are computed from the same base, each rounded down, within the cap the campaign had when
the order was placed; the merchant keeps the rest. The leader's work is paid first, so the cap cuts the promotion. Who
hands out and who brought the shopper may be one person: then the line has both shares. A refund takes each back by
itself, as any commission.
"""

from __future__ import annotations

from uuid import UUID

from app import attribution, commissions, orders, pickups, promoters
from app.kernel.money import BASIS_POINTS
from app.pickups import Pickup

RULE = "pickup_share"


async def left_for_promotion(order_id: UUID) -> int:
    """As much as the cap leaves to whoever brought the shopper; all of it for what nobody picks up."""
    pickup = await pickups.pickup_of(order_id)
    return pickup.cap_bps - await _rate(pickup) if pickup else BASIS_POINTS


async def estimate(order: orders.Order) -> None:
    """Write what the leader would earn of each decided line. Twice is once."""
    pickup = await pickups.pickup_of(order.id)
    rate_bps = await _rate(pickup) if pickup else 0
    if pickup is None or pickup.leader is None or not rate_bps:
        return
    for decision in await attribution.decisions_of(order.id):
        share = commissions.NewLine(
            order_id=order.id, order_line=decision.order_line, decision=decision.id, promoter=pickup.leader, link=None,
            base_amount=decision.base_amount, rate_bps=rate_bps, currency=order.currency, rule=RULE, role="pickup",
        )  # fmt: skip
        await commissions.estimate(share)


async def _rate(pickup: Pickup) -> int:
    """A leader who was suspended in the meantime earns nothing new."""
    if pickup.leader is None or not pickup.pickup_bps:
        return 0
    leader = await promoters.find(pickup.leader)
    return pickup.pickup_bps if leader.status == "approved" else 0
