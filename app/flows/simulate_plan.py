"""What a plan would have paid for orders of a past time, beside what was paid.

One transaction for each batch of orders, with the sums so far in it, so a job that died goes on where it was. Refunds
count on both sides. What a campaign's own terms or handing out earned stays as it is, for the plan does not touch it.
A rate kept after a cut is left out: the plan is tried as if it had always been there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import tenants
from app import commissions, orders, payments, promoters
from app.commissions import CommissionLine, Plan, Sold, Tally
from app.flows import commission_terms, pickup_shares
from app.kernel.errors import InvalidInput
from app.kernel.i18n import N_
from app.kernel.money import floor_share
from tenants import outbox

BATCH = 50
FROM_PLANS = ("promoter_rate", "plan")
_PAID = "paid_at IS NOT NULL AND placed_at >= $1 AND placed_at < $2 AND EXISTS"
_EARNING = "(SELECT 1 FROM commission_line WHERE commission_line.order_id = orders.id AND status <> 'canceled')"
_COUNT = f"SELECT count(*) FROM orders WHERE {_PAID} {_EARNING}"  # noqa: S608 - constants only
_NEXT = f"""
SELECT id FROM orders WHERE {_PAID} {_EARNING} AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4
"""  # noqa: S608 - constants only
_RULES = "SELECT id, rule ->> 'rule' AS rule FROM commission_line WHERE order_id = $1"
_COSTS = "SELECT id, cost_amount FROM variant WHERE id = ANY($1::uuid[])"


async def ask_for_simulation(plan_id: UUID, from_at: datetime | None, until_at: datetime | None, *, by: str) -> UUID:
    """Raises NotFound, InvalidInput."""
    if from_at is None or until_at is None or until_at <= from_at:
        raise InvalidInput({"until_at": N_("Choose a first and a last day, the first one first.")})
    async with tenants.transaction():
        plan = await commissions.read_plan(plan_id)
        count = await tenants.connection().fetchval(_COUNT, from_at, until_at)
        made = await commissions.simulations.ask(plan.id, from_at, until_at, all_orders=count, by=by)
        await outbox.post("commissions.simulate", queue="bulk", key=f"simulate:{made}", simulation_id=str(made))
    return made


async def simulate_plan(simulation_id: UUID) -> None:
    """Safe to run again: what was counted is not counted twice. Raises NotFound."""
    while await _next_batch(simulation_id):
        pass


async def _next_batch(simulation_id: UUID) -> bool:
    """False when it is over."""
    async with tenants.transaction():
        one = await commissions.simulations.simulation(simulation_id, lock=True)
        if one.is_over:
            return False
        rows = await tenants.connection().fetch(_NEXT, one.from_at, one.until_at, one.last_order, BATCH)
        if not rows:
            await commissions.simulations.finish(one.id)
            return False
        plan, inactive = await commissions.read_plan(one.plan), (await promoters.read_policy()).on_inactive_upline
        for row in rows:
            await _count(plan, row["id"], one.result, inactive)
        await commissions.simulations.note_progress(one.id, one.result, last=rows[-1]["id"], orders=len(rows))
    return True


async def _count(plan: Plan, order_id: UUID, tally: Tally, on_inactive: str) -> None:
    order = await orders.find(order_id)
    sold_lines, earned = await orders.lines_of(order_id), await commissions.lines_of(order_id)
    goods, back = await commission_terms.sold_of(order, sold_lines), await payments.back_of(order_id)
    rules = {row["id"]: row["rule"] for row in await tenants.connection().fetch(_RULES, order_id)}
    costs = {
        row["id"]: row["cost_amount"]
        for row in await tenants.connection().fetch(_COSTS, [line.variant for line in sold_lines])
    }
    most_bps = await pickup_shares.left_for_promotion(order_id)
    for line in sold_lines:
        part, sold = back.get(line.id), goods[line.id]
        left = commissions.remaining_base(
            sold.base_amount, paid=line.paid_goods_amount, refunded=part.goods_amount if part else 0
        )
        units = line.quantity - (part.quantity if part else 0)
        tally.base_amount += left
        tally.cost_amount += _cost(plan, costs[line.variant], left, units)
        mine = [one for one in earned if one.order_line == line.id and one.status != "canceled"]
        fixed = [one for one in mine if rules[one.id] not in FROM_PLANS]
        free = [one for one in mine if rules[one.id] in FROM_PLANS]
        for one in fixed:
            tally.add(one.promoter, one.kept_amount, one.kept_amount)
        await _compare(plan, tally, sold, free, (left, units, most_bps), (order.placed_at, on_inactive))


async def _compare(
    plan: Plan, tally: Tally, sold: Sold, free: Sequence[CommissionLine], what: tuple[int, int, int],
    when: tuple[datetime, str],
) -> None:  # fmt: skip
    """What these lines paid, and what the plan pays for the same sale of the same seller."""
    left, units, most_bps = what
    for one in free:
        tally.add(one.promoter, one.kept_amount, 0)
    seller = next((one.promoter for one in free if one.role == "promotion"), None)
    if seller is None:
        return
    chain = await commission_terms.chain_of(seller, when[0])
    for share in commissions.evaluate(plan, sold, chain, most_bps=most_bps, on_inactive=when[1]):
        amount = commissions.share_amount(left, share.rate_bps, flat_amount=share.flat_amount, units=units)
        tally.add(share.promoter, 0, amount)


def _cost(plan: Plan, cost: int | None, left: int, units: int) -> int:
    """Of the units that stayed with customers."""
    return floor_share(left, plan.guard.cost_bps) if cost is None else cost * units
