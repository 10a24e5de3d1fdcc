"""Commission becomes due: received, frozen until the return period is over, then the promoter's to withdraw.

One transaction per order, so a batch that stops in the middle has lost nothing; running again changes nothing. The
goods are received when every parcel is delivered, or so many days after the last one left where nobody reports it;
what is picked up, when it was handed out and nobody took that back. The
return period counts from there, or from the end of the last after-sale request about the line. While such a request
is open, or money of the order is on its way back, nothing of the line becomes due.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

import tenants
from app import commissions, orders, payouts, promoters
from app.commissions import CommissionLine
from app.flows import commission_moves, promoter_money
from app.flows.received_goods import ON_ITS_WAY_BACK, OPEN_CASE, RECEIVED
from app.kernel.clock import now
from app.payouts import Policy

log = structlog.get_logger()

BATCH = 200
DUE = f"""
SELECT DISTINCT line.order_id FROM commission_line AS line JOIN orders ON orders.id = line.order_id
WHERE ($3::uuid IS NULL OR line.order_id > $3) AND (
    (line.status = 'accrued' AND {RECEIVED} <= $1) OR (line.status = 'earned' AND NOT {OPEN_CASE})
    OR (line.status = 'frozen' AND line.settle_at <= $1 AND NOT {OPEN_CASE} AND NOT {ON_ITS_WAY_BACK}))
ORDER BY line.order_id LIMIT $4
"""  # noqa: S608 - constants only
FACTS = f"""
SELECT line.id, CASE WHEN {RECEIVED} <= $1 THEN {RECEIVED} END AS received_at, {OPEN_CASE} AS is_asked_back,
    {ON_ITS_WAY_BACK} AS is_refunding, (SELECT max(aftersale.closed_at) FROM aftersale_line AS wish
        JOIN aftersale ON aftersale.id = wish.aftersale WHERE wish.order_line = line.order_line) AS case_closed_at
FROM commission_line AS line JOIN orders ON orders.id = line.order_id WHERE orders.id = $3
"""  # noqa: S608 - constants only


class Facts(msgspec.Struct, frozen=True):
    """What the order and its after-sales say about one line."""

    id: UUID
    received_at: datetime | None
    is_asked_back: bool
    is_refunding: bool
    case_closed_at: datetime | None


async def orders_due(after: UUID | None = None) -> Sequence[UUID]:
    """The next orders of which some line can take a step."""
    async with tenants.transaction():
        policy = await payouts.read_policy()
        rows = await tenants.connection().fetch(DUE, now(), policy.received_after_days, after, BATCH)
    return [row["order_id"] for row in rows]


async def settle_commissions(order_id: UUID) -> int:
    """Take every step the order's lines can take now; how many became available. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        policy = await payouts.read_policy()
        await promoters.lock(line.promoter for line in await commissions.lines_of(order_id))
        facts = await _facts(order, policy)
        lines = [
            line for line in await commissions.lines_of(order_id, lock=True) if line.status in commissions.UNSETTLED
        ]
        settled = [line for line in lines if await _step(line, facts[line.id], policy)]
        for promoter, currency in {(line.promoter, line.currency) for line in settled}:
            await promoter_money.tell_lines(promoter, currency)
    if settled:
        log.info("commissions.settled", order=str(order_id), lines=len(settled))
    return len(settled)


async def _facts(order: orders.Order, policy: Policy) -> dict[UUID, Facts]:
    rows = await tenants.connection().fetch(FACTS, now(), policy.received_after_days, order.id)
    return {row["id"]: Facts(**row) for row in rows}


async def _step(line: CommissionLine, facts: Facts, policy: Policy) -> bool:
    """As far as it goes today. True when the line has become available."""
    received_at = line.earned_at or facts.received_at
    if received_at is None:
        return False
    if line.status == "accrued":
        await commissions.earn(line.id, received_at)
    if facts.is_asked_back:
        return False
    until = max(received_at, facts.case_closed_at or received_at) + policy.freeze
    if line.settle_at is not None and (facts.case_closed_at is None or facts.case_closed_at <= received_at):
        until = line.settle_at  # what was promised stays, whatever the store's terms are now
    if until != line.settle_at:
        await commissions.freeze(line.id, until)
    if until > now() or facts.is_refunding:
        return False
    return await commission_moves.release(line, policy)
