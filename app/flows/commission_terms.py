"""Who earns on a line, at which rate, and by which rule, once it is known whose sale it was. Not a journey of its own.

The leader of a campaign earns by what was written beside its item; everybody else by the own rate, of which the work of
handing out leaves what the campaign's cap allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app import attribution, orders, promoters
from app.flows import pickup_shares
from app.flows.leader_claims import Claim, Earner

PROMOTER_RATE = "promoter_rate"


async def earners_of(
    order: orders.Order, lines: Sequence[orders.Line], winner: attribution.Candidate | None, claim: Claim | None
) -> dict[UUID, list[Earner]]:
    """By line, the winner first and never without a place, even at a rate of nothing; nobody when nobody won."""
    if winner is None:
        return {line.id: [] for line in lines}
    rate_bps = await pickup_shares.left_for_promotion(order.id, (await promoters.find(winner.promoter)).commission_bps)
    if claim and claim.leader.promoter == winner.promoter:
        return {line.id: claim.earners_of(line.variant, rate_bps) for line in lines}
    return {line.id: [Earner(winner.promoter, rate_bps, PROMOTER_RATE)] for line in lines}
