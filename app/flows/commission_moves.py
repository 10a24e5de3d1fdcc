"""Steps inside an open transaction: what an order's commission owes, and taking a part of it back. No journeys.

The caller holds the order, the promoters concerned, and the lines.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from app import commissions, ledger
from app.commissions import CommissionLine, LineElsewhere
from app.flows import promoter_money
from app.ledger import Account, Leg
from app.payouts import Policy

EXPENSE = Account("commission_expense")


async def accrue(order_id: UUID, at: datetime) -> None:
    """What the merchant owes is booked when the customer has paid: once per line, by the line's id."""
    for line in await commissions.accrue(order_id, at):
        leg = Leg(EXPENSE, promoter_money.frozen(line.promoter), line.amount, line.currency)
        await ledger.post("commission.accrue", line.id, [leg], order_id=order_id)


async def owe(line: LineElsewhere, at: datetime) -> None:
    """The same for a line sold elsewhere."""
    if await commissions.accrue_elsewhere(line.id, at):
        leg = Leg(EXPENSE, promoter_money.frozen(line.promoter), line.amount, line.currency)
        await ledger.post("commission.accrue", line.id, [leg], order_id=line.order_id)


async def take_back(line: CommissionLine | LineElsewhere, due: int) -> None:
    """So much of a line that is owed already goes back."""
    await commissions.reverse(line.id, due)
    # The total taken back only grows, so it names this step of the line: the same step is never posted twice.
    step = uuid5(line.id, str(line.reversed_amount + due))
    await ledger.post("commission.reverse", step, await _legs(line, due), order_id=line.order_id)
    if line.status in commissions.SETTLED:
        await promoter_money.tell_lines(line.promoter, line.currency)


async def release(line: CommissionLine | LineElsewhere, policy: Policy) -> bool:
    """The days of return are over: it is the promoter's. False when it was before."""
    if not await commissions.release(line.id, reserve_bps=policy.reserve_bps, reserve_days=policy.reserve_days):
        return False
    legs = await promoter_money.pay_in(line.promoter, line.kept_amount, line.currency)
    await ledger.post("commission.settle", line.id, legs, order_id=line.order_id)
    return True


async def _legs(line: CommissionLine | LineElsewhere, due: int) -> list[Leg]:
    if line.status not in commissions.SETTLED:
        return [Leg(promoter_money.frozen(line.promoter), EXPENSE, due, line.currency)]
    return await promoter_money.take_out(line.promoter, due, line.currency, into=EXPENSE)
