"""Who earns on a line, at which rate, and by which rule, once it is known whose sale it was. Not a journey of its own.

The leader of a campaign earns by what was written beside its item; everybody else, and those above them, by the
commission plan that was in force when the order was placed. A store without a plan pays each promoter's own rate. The
work of handing out leaves of all that what the campaign's cap allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import tenants
from app import attribution, commissions, orders, promoters
from app.commissions import Party, Share, Sold, Term
from app.flows import co_hosts, pickup_shares
from app.flows.leader_claims import Claim, Earner

PROMOTER_RATE = "promoter_rate"
PLAN = "plan"
ALL_BPS = 10_000
_CATEGORIES = "SELECT id, category FROM product WHERE id = ANY($1::uuid[])"


async def earners_of(
    order: orders.Order, lines: Sequence[orders.Line], winner: attribution.Candidate | None, claim: Claim | None
) -> dict[UUID, list[Earner]]:
    """By line, the winner first and never without a place, even at a rate of nothing; nobody when nobody won."""
    if winner is None:
        return {line.id: [] for line in lines}
    plans = await commissions.read_plans(published=True)
    in_time = commissions.terms_within(plans, order.placed_at, commissions.KEPT_FOR)
    chain, goods = await chain_of(winner.promoter, order.placed_at), await sold_of(order, lines)
    most_bps = await pickup_shares.left_for_promotion(order.id)
    on_inactive = (await promoters.read_policy()).on_inactive_upline
    leads = claim is not None and claim.leader.promoter == winner.promoter
    found: dict[UUID, list[Earner]] = {}
    for line in lines:
        written = claim.earners_of(line.variant) if claim and leads else []
        found[line.id] = written or by_plan(in_time, goods[line.id], chain, most_bps, on_inactive)
        if claim and leads and not written:
            found[line.id] = [claim.named(found[line.id][0]), *found[line.id][1:]]
    return await co_hosts.share(order, lines, winner, found)


async def earners_elsewhere(seller: UUID, sold: Sold, at: datetime) -> list[Earner]:
    """Of a line sold elsewhere: the same plans, rates and people above as if it had been sold here."""
    plans = await commissions.read_plans(published=True)
    in_time = commissions.terms_within(plans, at, commissions.KEPT_FOR)
    on_inactive = (await promoters.read_policy()).on_inactive_upline
    return by_plan(in_time, sold, await chain_of(seller, at), ALL_BPS, on_inactive)


async def chain_of(promoter_id: UUID, at: datetime) -> list[Party]:
    """The seller and everybody who stood above at that moment, the nearest first, with the level they had then."""
    above = await promoters.uplines_of(promoter_id, at)
    return [await _party(await promoters.find(each), at) for each in (promoter_id, *above)]


async def sold_of(order: orders.Order, lines: Sequence[orders.Line]) -> dict[UUID, Sold]:
    """What a plan asks of each line; the base is without freight and tax."""
    on_freight = await orders.taxes_freight(order.id)
    rows = await tenants.connection().fetch(_CATEGORIES, [line.product for line in lines])
    categories = {row["id"]: row["category"] for row in rows}
    return {
        line.id: Sold(
            base_amount=line.paid_goods_amount - orders.tax_in_goods(line, on_freight=on_freight), units=line.quantity,
            campaign=order.campaign, variant=line.variant, product=line.product, category=categories[line.product],
        )
        for line in lines
    }  # fmt: skip


def by_plan(
    in_time: Sequence[Term], sold: Sold, chain: Sequence[Party], most_bps: int, on_inactive: str
) -> list[Earner]:
    shares = commissions.evaluate_over_time(in_time, sold, chain, most_bps=most_bps, on_inactive=on_inactive)
    return [
        Earner(
            share.promoter, share.rate_bps, PROMOTER_RATE if share.rule.shape == commissions.OWN_RATE else PLAN,
            role="upline" if share.depth else "promotion", flat_amount=share.flat_amount, units=share.units,
            terms=_explained(share, in_time[0]),
        )
        for share in shares
    ]  # fmt: skip


async def _party(one: promoters.Promoter, at: datetime) -> Party:
    return Party(
        promoter=one.id, level=await promoters.level_at(one.id, at), own_rate_bps=one.commission_bps,
        is_active=one.status == "approved", since=one.applied_at,
    )  # fmt: skip


def _explained(share: Share, now: Term) -> Mapping[str, Any]:
    """What a later reader needs to make the amount again; nothing where the store has no plan."""
    if not share.plan.version and not now.plan.version:
        return {}
    rule = share.rule
    return {
        "version": share.plan.version, "plan": share.plan.id, "plan_name": share.plan.name, "rule_id": rule.id,
        "rule_name": rule.name, "scope": rule.scope, "target": rule.target, "shape": rule.shape, "depth": share.depth,
        "listed_bps": share.listed_bps, "cap_bps": share.cap_bps, "kept_until": share.kept_until,
        "newer_version": now.plan.version if share.kept_until else None,
    }  # fmt: skip
