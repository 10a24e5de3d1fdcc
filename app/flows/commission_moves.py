"""Steps inside an open transaction: what an order's commission owes, and taking a part of it back. No journeys.

The caller holds the order, the promoters concerned, and the lines.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from app import commissions, ledger
from app.commissions import CommissionLine
from app.flows import promoter_money
from app.ledger import Account, Leg

EXPENSE = Account("commission_expense")


async def accrue(order_id: UUID, at: datetime) -> None:
    """What the merchant owes is booked when the customer has paid: once per line, by the line's id."""
    for line in await commissions.accrue(order_id, at):
        leg = Leg(EXPENSE, promoter_money.frozen(line.promoter), line.amount, line.currency)
        await ledger.post("commission.accrue", line.id, [leg], order_id=order_id)


async def take_back(line: CommissionLine, due: int) -> None:
    """So much of a line that is owed already goes back."""
    await commissions.reverse(line.id, due)
    # The total taken back only grows, so it names this step of the line: the same step is never posted twice.
    step = uuid5(line.id, str(line.reversed_amount + due))
    await ledger.post("commission.reverse", step, await _legs(line, due), order_id=line.order_id)
    if line.status in commissions.SETTLED:
        await promoter_money.tell_lines(line.promoter, line.currency)


async def _legs(line: CommissionLine, due: int) -> list[Leg]:
    if line.status not in commissions.SETTLED:
        return [Leg(promoter_money.frozen(line.promoter), EXPENSE, due, line.currency)]
    return await promoter_money.take_out(line.promoter, due, line.currency, into=EXPENSE)
