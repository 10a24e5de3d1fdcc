"""Part of an order was refunded: the promoter keeps the share of what remains.

One transaction. Each order line answers for its own refunds alone: what is left of a line is its commission's base. The
amount follows from what is refunded in all, not from the single refund, so refunds that arrive twice, late or in
another order end at the same figure; a full refund takes back everything to the cent. A fee goes back with its unit.

Commission that is still frozen is taken back where it is. What could be withdrawn already is taken from what the
promoter can withdraw now, and the rest is a debt that later settlements repay first.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import tenants
from app import attribution, commissions, contests, orders, payments, promoters
from app.flows import commission_moves, link_totals, own_purchases
from app.kernel.events import publish

REVERSIBLE = ("accrued", "earned", "frozen", "available", "reserved", "paid", "held")


async def reverse_commission(order_id: UUID) -> None:
    """Bring the order's commission down to what its remaining value deserves. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if not order.refunded_amount:
            return
        back = await _goods_back(order_id)
        await promoters.lock(line.promoter for line in await commissions.lines_of(order_id))
        for line in await commissions.lines_of(order_id, lock=True):
            if line.status in REVERSIBLE:
                goods = back[line.order_line]
                await _reverse(line, _left(line.base_amount, goods), max(0, line.units - goods[2]))
        await own_purchases.end_if_nothing_is_held(order_id, "refunded")
        decided = [one for one in await attribution.decisions_of(order_id) if one.promoter]
        for one in decided:
            await attribution.note_refund(one.id, one.base_amount - _left(one.base_amount, back[one.order_line]))
        await link_totals.recount(one.link for one in decided if one.link)
    for promoter in {one.promoter for one in decided}:
        await publish(f"board:{tenants.current().id}:{promoter}", "refund")
    await contests.tell_watchers()


async def _goods_back(order_id: UUID) -> Mapping[UUID, tuple[int, int, int]]:
    """Of each line: what was paid for its goods, how much of that is back, and how many units."""
    back = await payments.back_of(order_id)
    return {
        line.id: (
            line.paid_goods_amount,
            *((part.goods_amount, part.quantity) if (part := back.get(line.id)) else (0, 0)),
        )
        for line in await orders.lines_of(order_id)
    }


def _left(base: int, goods: tuple[int, int, int]) -> int:
    """The base is the goods' amount, or the part of it that is no tax; it shrinks with it in proportion."""
    paid, refunded, _units = goods
    return commissions.remaining_base(base, paid=paid, refunded=refunded)


async def _reverse(line: commissions.CommissionLine, base_left: int, units_left: int) -> None:
    due = commissions.reversal_due(
        line.base_amount, line.rate_bps, reversed_before=line.reversed_amount, base_left=base_left,
        flat_amount=line.flat_amount, units=line.units, units_left=units_left,
    )  # fmt: skip
    if due:
        await commission_moves.take_back(line, due)
