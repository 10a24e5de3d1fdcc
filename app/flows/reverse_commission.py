"""Part of an order was refunded: the promoter keeps the share of what remains.

One transaction. The amount follows from what is refunded in all, not from the single refund, so refunds that arrive
twice, late or in another order end at the same figure; a full refund takes back everything to the cent.
"""

from __future__ import annotations

from uuid import UUID, uuid5

import tenants
from app import attribution, commissions, ledger, orders
from app.flows import link_totals
from app.kernel.events import publish

REVERSIBLE = ("accrued", "earned", "frozen", "available", "reserved", "paid", "held")


async def reverse_commission(order_id: UUID) -> None:
    """Bring the order's commission down to what its remaining value deserves. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.refunded_amount:
            return
        for line in await commissions.lines_of(order_id, lock=True):
            if line.status in REVERSIBLE:
                await _reverse(line, order)
        decided = [one for one in await attribution.decisions_of(order_id) if one.promoter]
        for one in decided:
            await attribution.note_refund(one.id, one.base_amount - _left(one.base_amount, order))
        await link_totals.recount(one.link for one in decided if one.link)
    for promoter in {one.promoter for one in decided}:
        await publish(f"board:{tenants.current().id}:{promoter}", "refund")


def _left(base: int, order: orders.Order) -> int:
    return commissions.remaining_base(base, paid=order.paid_amount, refunded=order.refunded_amount)


async def _reverse(line: commissions.CommissionLine, order: orders.Order) -> None:
    due = commissions.reversal_due(
        line.base_amount,
        line.rate_bps,
        reversed_before=line.reversed_amount,
        base_left=_left(line.base_amount, order),
    )
    if not due:
        return
    await commissions.reverse(line.id, due)
    leg = ledger.Leg(
        debit=ledger.Account("promoter_frozen", line.promoter),
        credit=ledger.Account("commission_expense"),
        amount=due,
        currency=line.currency,
    )
    # The total taken back only grows, so it names this step of the line: the same step is never posted twice.
    await ledger.post("commission.reverse", uuid5(line.id, str(line.reversed_amount + due)), [leg], order_id=order.id)
