"""Who leads a complete team gets a part of the price back, as the rules promised when it was opened.

One transaction; once per team, whoever leads it then. The order itself stays: at least the smallest amount is not given
back, because an order of which everything went back is not sent.
"""

from __future__ import annotations

from uuid import UUID

import tenants
from app import group_buying, orders, payments
from app.flows import giving_back

REASON = "team_reward"


async def reward_leader(team_id: UUID) -> None:
    """Nothing happens when the leader has left, or has nothing left to be given back."""
    async with tenants.transaction():
        team = await group_buying.teams.find(team_id)
        leader = next((seat for seat in await group_buying.seats.seats_of(team_id) if seat.is_leader), None)
        if leader is None or team.status != "succeeded":
            return
        order = await orders.lock(leader.order_id)
        if order.status == "canceled" or not order.is_paid or await payments.refunds_for(team_id):
            return
        left, terms = await giving_back.left_of(order.id), await giving_back.terms_of(order)
        amount = min(team.reward_amount, sum(part.amount for part in left) - terms.step)
        if amount > 0:
            parts = payments.spread_parts(left, amount, terms)
            await giving_back.owe(order, parts, reason=REASON, source_id=team_id)
