"""What of a session's sales is likely to remain. Not a journey.

Expected sales are what was paid, less the usual share of refunds, or less what came back already where that is more;
of teams that are not complete only the share of teams that usually fill. Both shares are the store's own of the last
90 days; before there were enough orders or teams to know, nothing is taken off for refunds, and waiting teams do not
count. What is not paid yet does not count either.
"""

from __future__ import annotations

from datetime import timedelta

import msgspec

import tenants
from app.flows.session_sales import Sold
from app.kernel.clock import now

DAYS, FEWEST_ORDERS, FEWEST_TEAMS = 90, 20, 5
WHOLE = 10_000
USUAL = """
SELECT (SELECT count(*) FROM orders WHERE paid_at >= $1 AND total_amount > 0) AS orders,
    (SELECT coalesce(sum(paid_amount), 0)::bigint FROM orders WHERE paid_at >= $1) AS paid_amount,
    (SELECT coalesce(sum(refunded_amount), 0)::bigint FROM orders WHERE paid_at >= $1) AS refunded_amount,
    (SELECT count(*) FROM team_group WHERE ended_at >= $1 AND status <> 'forming') AS teams,
    (SELECT count(*) FROM team_group WHERE ended_at >= $1 AND status = 'succeeded') AS teams_filled
"""


class Outlook(msgspec.Struct, frozen=True):
    """Shares in basis points; None: not enough to know."""

    refund_bps: int | None
    fill_bps: int | None

    def expected_of(self, sold: Sold) -> int:
        kept = WHOLE - (self.refund_bps or 0)
        sure = sold.gross_amount - sold.waiting_amount
        there = min(sure * kept // WHOLE, sold.net_amount - sold.waiting_amount)
        filling = sold.waiting_amount * (self.fill_bps or 0) // WHOLE
        return max(0, there + filling * kept // WHOLE)


async def usual_outlook() -> Outlook:
    row = await tenants.connection().fetchrow(USUAL, now() - timedelta(days=DAYS))
    if row is None:
        return Outlook(None, None)
    known = row["orders"] >= FEWEST_ORDERS and row["paid_amount"] > 0
    return Outlook(
        min(WHOLE, row["refunded_amount"] * WHOLE // row["paid_amount"]) if known else None,
        row["teams_filled"] * WHOLE // row["teams"] if row["teams"] >= FEWEST_TEAMS else None,
    )
