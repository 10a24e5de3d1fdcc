"""An order was placed: write, for each of its lines, whose sale it is and what it would earn.

One transaction. The shopper's own pending clicks are folded first, so that a click a second before the order is seen.
A line is decided once; running again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import tenants
from app import attribution, commissions, links, orders
from app.flows import commission_terms, leader_claims, link_totals, pending_clicks, pickup_shares
from app.flows.leader_claims import Claim
from app.kernel.events import publish

MOST_CANDIDATES = 200

_VISITORS = (
    "SELECT visitor_id FROM shopper_session WHERE customer = $1 UNION SELECT visitor_id FROM orders WHERE customer = $1"
    " AND visitor_id IS NOT NULL UNION SELECT $2::uuid AS visitor_id"
)
_CANDIDATES = (
    "SELECT c.id AS click, t.id AS touch, p.id AS promoter, p.name AS promoter_name, p.email AS promoter_email,"
    " p.status AS promoter_status, l.id AS link, l.code, l.label, l.live_session, coalesce(t.kind, 'link') AS kind,"
    " c.clicked_at AS occurred_at, c.reason FROM click c JOIN tracked_link l ON l.id = c.link"
    " JOIN promoter p ON p.id = l.promoter LEFT JOIN touch t ON t.click = c.id"
    " WHERE c.visitor_id = ANY($1::uuid[]) AND c.clicked_at <= $2 ORDER BY c.clicked_at DESC, c.id DESC LIMIT $3"
)


async def decide_attribution(order_id: UUID) -> None:
    """Decide every line of the order by the last click within the store's window. Raises NotFound."""
    async with tenants.transaction():
        order = await orders.lock(order_id)
        if await attribution.decisions_of(order_id):
            return
        visitors = await _visitors_of(order)
        boards = await pending_clicks.fold(await links.claim_unfolded_of(visitors))
        window_days = await tenants.connection().fetchval("SELECT click_window_days FROM store_profile")
        own = await _own_emails(order)
        clicked = attribution.judge(
            await _candidates(order, visitors, own), placed_at=order.placed_at, window_days=window_days
        )
        claim = await leader_claims.claim_of(order, own)
        verdict = attribution.with_leader(clicked, claim.leader if claim else None)
        await _write(order, verdict, claim, visitors, window_days)
        await pickup_shares.estimate(order)
        if verdict.winner:
            boards.add(verdict.winner.promoter)
            await link_totals.recount([verdict.winner.link] if verdict.winner.link else [])
    for promoter in boards:
        await publish(f"board:{tenants.current().id}:{promoter}", "order")


async def _visitors_of(order: orders.Order) -> list[UUID]:
    """Every browser known to be this shopper's."""
    rows = await tenants.connection().fetch(_VISITORS, order.customer, order.visitor_id)
    return [row["visitor_id"] for row in rows if row["visitor_id"]]


async def _own_emails(order: orders.Order) -> set[str]:
    account = await tenants.connection().fetchval("SELECT email FROM customer WHERE id = $1", order.customer)
    return {email.strip().lower() for email in (order.email, account or "") if email}


async def _candidates(order: orders.Order, visitors: Sequence[UUID], own: set[str]) -> list[attribution.Candidate]:
    rows = await tenants.connection().fetch(_CANDIDATES, list(visitors), order.placed_at, MOST_CANDIDATES)
    return [
        attribution.Candidate(
            click=row["click"], touch=row["touch"], promoter=row["promoter"], promoter_name=row["promoter_name"],
            link=row["link"], code=row["code"], label=row["label"], live_session=row["live_session"], kind=row["kind"],
            occurred_at=row["occurred_at"], barred=_bar(row, own),
        )
        for row in rows
    ]  # fmt: skip


def _bar(row: Any, own: set[str]) -> str:
    """Why this click can never win, whatever its time."""
    if row["promoter_email"].lower() in own:
        return "own_purchase"
    if row["promoter_status"] != "approved":
        return "promoter_not_approved"
    return str(row["reason"])


async def _write(
    order: orders.Order, verdict: attribution.Verdict, claim: Claim | None, visitors: Sequence[UUID], window_days: int
) -> None:
    winner, lines = verdict.winner, await orders.lines_of(order.id)
    terms = await commission_terms.earners_of(order, lines, winner, claim)
    on_freight = await orders.taxes_freight(order.id)
    for line in lines:
        base, earners = line.paid_goods_amount - orders.tax_in_goods(line, on_freight=on_freight), terms[line.id]
        first = earners[0] if earners else None
        receipt = attribution.write_receipt(
            verdict, order_number=order.number, line_number=line.line_number, line_title=line.title,
            placed_at=order.placed_at, window_days=window_days, base_amount=base, currency=order.currency,
            rate_bps=first.rate_bps if first else 0, commission_amount=first.amount_of(base) if first else 0,
            visitor_ids=list(visitors),
            shares=[{"promoter": each.promoter, "rate_bps": each.rate_bps, "rule": each.rule} for each in earners],
        )  # fmt: skip
        decision = await attribution.decide_line(
            order.id, line.id, winner=winner, reason=verdict.reason, receipt=receipt, base_amount=base
        )
        if winner is None or decision is None:
            continue
        for each in earners:
            estimated = commissions.NewLine(
                order_id=order.id, order_line=line.id, decision=decision, promoter=each.promoter,
                link=winner.link if each is earners[0] else None, base_amount=base, rate_bps=each.rate_bps,
                currency=order.currency, rule=each.rule, role=each.role, flat_amount=each.flat_amount, units=each.units,
                terms=dict(each.terms),
            )  # fmt: skip
            await commissions.estimate(estimated)
