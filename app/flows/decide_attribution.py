"""An order was placed: write, for each of its lines, whose sale it is and what it would earn.

One transaction. The shopper's own pending clicks are folded first, so that a click a second before the order is seen.
Everything is as it was when the order was placed: the policy, the binding, the clicks; whatever the shopper did since
changes nothing. A line is decided once; running again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import tenants
from app import attribution, commissions, links, orders
from app.attribution import Policy, Verdict
from app.flows import (
    bind_shoppers,
    commission_terms,
    leader_claims,
    link_totals,
    own_purchases,
    pending_clicks,
    pickup_shares,
)
from app.flows import sale_candidates as candidates
from app.flows.leader_claims import Claim, Earner
from app.flows.own_purchases import Look
from app.kernel.events import publish


async def decide_attribution(order_id: UUID) -> None:
    """Decide every line of the order but its gifts by the store's policy at that moment. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if await attribution.decisions_of(order_id):
            return
        visitors = await candidates.visitors_of(order)
        shopper = attribution.Shopper.of(order.customer, order.visitor_id)
        boards = await pending_clicks.fold(await links.claim_unfolded_of(visitors), shopper)
        policy = await attribution.policy_at(order.placed_at)
        await links.credit(order_id, visitors, order.placed_at, policy.click_window_days)
        found = await candidates.gather(order, visitors, set())
        claim = await leader_claims.claim_of(order, set())
        look = await own_purchases.look_when_placed(order, found, claim)
        claim = look.bar_claim(claim)
        verdict = attribution.with_leader(
            attribution.judge(map(look.bar, found), policy, placed_at=order.placed_at), claim.leader if claim else None
        )
        await _write(order, verdict, claim, visitors, policy, look)
        await pickup_shares.estimate(order)
        binds = None if look.is_own(verdict.winner) else verdict.winner
        await bind_shoppers.by_order(order, binds, kind="first_order", at=order.placed_at)
        if verdict.winner:
            boards.add(verdict.winner.promoter)
            await link_totals.recount([verdict.winner.link] if verdict.winner.link else [])
    for promoter in boards:
        await publish(f"board:{tenants.current().id}:{promoter}", "order")


async def _write(
    order: orders.Order, verdict: Verdict, claim: Claim | None, visitors: Sequence[UUID], policy: Policy, look: Look
) -> None:
    winner, lines = verdict.winner, [line for line in await orders.lines_of(order.id) if not line.gift]
    terms = await commission_terms.earners_of(order, lines, winner, claim)
    on_freight = await orders.taxes_freight(order.id)
    bases = {line.id: line.paid_goods_amount - orders.tax_in_goods(line, on_freight=on_freight) for line in lines}
    await look.learn({one.promoter for earners in terms.values() for one in earners})
    held = await own_purchases.judge_when_placed(look, verdict, terms, bases)
    for line in lines:
        base, earners = bases[line.id], look.left_of(winner, terms[line.id])
        first = earners[0] if earners else None
        receipt = attribution.write_receipt(
            verdict, policy, claim.leader if claim else None, order_number=order.number, line_number=line.line_number,
            line_title=line.title, placed_at=order.placed_at, base_amount=base, currency=order.currency,
            rate_bps=first.rate_bps if first else 0, commission_amount=first.amount_of(base) if first else 0,
            visitor_ids=list(visitors), shares=[_told(each, base) for each in earners],
        )  # fmt: skip
        decision = await attribution.decide_line(
            order.id, line.id, verdict=verdict, policy=policy, receipt=receipt, base_amount=base
        )
        if winner is None or decision is None:
            continue
        for each in earners:
            estimated = commissions.NewLine(
                order_id=order.id, order_line=line.id, decision=decision, promoter=each.promoter,
                link=winner.link if each.promoter == winner.promoter else None, base_amount=base,
                rate_bps=each.rate_bps, currency=order.currency, rule=each.rule, role=each.role,
                flat_amount=each.flat_amount, units=each.units, terms=dict(each.terms),
                held_because=held or (attribution.HELD if verdict.rung == attribution.HELD else ""),
            )  # fmt: skip
            await commissions.estimate(estimated)


def _told(one: Earner, base: int) -> dict[str, object]:
    """A share as the receipt keeps it."""
    return {
        "promoter": one.promoter, "rate_bps": one.rate_bps, "rule": one.rule, "role": one.role,
        "amount": one.amount_of(base),
    }  # fmt: skip
