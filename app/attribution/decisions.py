"""Decisions: whose sale each order line was. Written once, finalized once, corrected by refunds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

import tenants
from app.attribution.candidates import Verdict
from app.attribution.policies import Policy
from app.kernel.clock import now
from app.kernel.ids import new_id


class Decision(msgspec.Struct, frozen=True):
    """One order line's decision."""

    id: UUID
    order_id: UUID
    order_line: UUID
    status: str
    promoter: UUID | None
    link: UUID | None
    base_amount: int
    refunded_amount: int


class LinkSales(msgspec.Struct, frozen=True):
    """What decisions say about one link."""

    orders: int
    paid_orders: int
    gmv_amount: int
    refunded_amount: int


async def decide_line(
    order_id: UUID,
    line_id: UUID,
    *,
    verdict: Verdict,
    policy: Policy,
    receipt: Mapping[str, Any],
    base_amount: int,
) -> UUID | None:
    """Write the line's provisional decision; None when it was decided before, because the first decision stands."""
    winner = verdict.winner
    made: UUID | None = await tenants.connection().fetchval(
        "INSERT INTO attribution_decision (id, order_id, order_line, status, promoter, link, live_session, touch,"
        " reason, rung, rule_version, policy_version, receipt, base_amount, decided_at)"
        " VALUES ($1, $2, $3, 'provisional', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        " ON CONFLICT (order_line) DO NOTHING RETURNING id",
        new_id(), order_id, line_id, winner and winner.promoter, winner and winner.link, winner and winner.live_session,
        winner and winner.touch, verdict.reason, verdict.rung, policy.rule_version, policy.version,
        msgspec.json.encode(receipt).decode(), base_amount, now(),
    )  # fmt: skip
    return made


async def decisions_of(order_id: UUID) -> list[Decision]:
    rows = await tenants.connection().fetch(
        "SELECT id, order_id, order_line, status, promoter, link, base_amount, refunded_amount FROM"
        " attribution_decision"
        " WHERE order_id = $1 ORDER BY id",
        order_id,
    )
    return [Decision(*row.values()) for row in rows]


async def finalize(order_id: UUID, at: datetime) -> None:
    """The order is paid: what was provisional is final."""
    await tenants.connection().execute(
        "UPDATE attribution_decision SET status = 'final', finalized_at = $2 WHERE order_id = $1 AND"
        " status = 'provisional'",
        order_id, at,
    )  # fmt: skip


async def void(order_id: UUID) -> None:
    """The order ended unpaid: nobody sold anything."""
    await tenants.connection().execute(
        "UPDATE attribution_decision SET status = 'void' WHERE order_id = $1 AND status = 'provisional'", order_id
    )


async def undecide(order_id: UUID) -> None:
    """The order was edited before it was paid: its lines are decided anew. Forget the commission estimates first."""
    await tenants.connection().execute(
        "DELETE FROM attribution_decision WHERE order_id = $1 AND status = 'provisional'", order_id
    )


async def note_refund(decision_id: UUID, refunded_amount: int) -> None:
    """How much of the line's goods went back in all; it only grows."""
    await tenants.connection().execute(
        "UPDATE attribution_decision SET refunded_amount = $2 WHERE id = $1 AND refunded_amount < $2",
        decision_id, refunded_amount,
    )  # fmt: skip


async def sales_of(link_id: UUID) -> LinkSales:
    """Counted from the rows as they stand."""
    row = await tenants.connection().fetchrow(
        "SELECT count(DISTINCT order_id) FILTER (WHERE status <> 'void') AS orders,"
        " count(DISTINCT order_id) FILTER (WHERE status = 'final') AS paid_orders,"
        " coalesce(sum(base_amount) FILTER (WHERE status = 'final'), 0)::bigint AS gmv_amount,"
        " coalesce(sum(refunded_amount) FILTER (WHERE status = 'final'), 0)::bigint AS refunded_amount"
        " FROM attribution_decision WHERE link = $1",
        link_id,
    )
    return LinkSales(*row.values()) if row else LinkSales(0, 0, 0, 0)


async def net_sales_of(promoter: UUID, since: datetime) -> int:
    """What final decisions since then gave somebody, less what was refunded of it."""
    total: int = await tenants.connection().fetchval(
        "SELECT coalesce(sum(base_amount - refunded_amount), 0)::bigint FROM attribution_decision"
        " WHERE promoter = $1 AND status = 'final' AND finalized_at > $2",
        promoter, since,
    )  # fmt: skip
    return total
